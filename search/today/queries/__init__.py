"""What Today shows."""

from search.today.queries.around import given as given
from search.today.queries.around import joins as joins
from search.today.queries.around import since as since
from search.today.queries.promised import promised as promised
from search.today.queries.waiting import by_account as by_account
from search.today.queries.waiting import waiting as waiting
