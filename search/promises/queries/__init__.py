"""What screens ask about promises and questions."""

from search.promises.queries.debt import Question as Question
from search.promises.queries.debt import asked_in as asked_in
from search.promises.queries.debt import question as question
from search.promises.queries.debt import waiting_of as waiting_of
from search.promises.queries.promises import Counts as Counts
from search.promises.queries.promises import count_here as count_here
from search.promises.queries.promises import counted as counted
from search.promises.queries.promises import due_soon as due_soon
from search.promises.queries.promises import found as found
from search.promises.queries.promises import how_many_due as how_many_due
from search.promises.queries.promises import listed as listed
from search.promises.queries.promises import rights as rights
from search.promises.queries.promises import sides as sides
from search.promises.queries.stood import stood as stood
