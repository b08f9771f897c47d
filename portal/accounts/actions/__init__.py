"""What is done with accounts, contacts and notes: the only writers of their rows."""

from portal.accounts.actions.accounts import change_account as change_account
from portal.accounts.actions.accounts import name_also as name_also
from portal.accounts.actions.accounts import open_account as open_account
from portal.accounts.actions.accounts import said_of as said_of
from portal.accounts.actions.accounts import withdraw_account as withdraw_account
from portal.accounts.actions.accounts import words_for as words_for
from portal.accounts.actions.contacts import add_contact as add_contact
from portal.accounts.actions.contacts import change_contact as change_contact
from portal.accounts.actions.contacts import here as here
from portal.accounts.actions.contacts import know_contact as know_contact
from portal.accounts.actions.contacts import roles_of as roles_of
from portal.accounts.actions.notes import edit_note as edit_note
from portal.accounts.actions.notes import remove_note as remove_note
from portal.accounts.actions.notes import restore_note as restore_note
from portal.accounts.actions.notes import write_note as write_note
from portal.accounts.actions.ownership import ON_GIVEN as ON_GIVEN
from portal.accounts.actions.ownership import give_account as give_account
from portal.accounts.actions.ownership import join_team as join_team
from portal.accounts.actions.ownership import leave_team as leave_team
from portal.accounts.actions.ownership import owner_of as owner_of
from portal.accounts.actions.ownership import staff_named as staff_named
from portal.accounts.actions.withdrawing import withdraw_contact as withdraw_contact
