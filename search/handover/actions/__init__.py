"""Handing over what somebody held, and taking it back. The only writers of handovers; what moves is moved by the actions of those below."""

from search.handover.actions.deciding import approve as approve
from search.handover.actions.deciding import decline as decline
from search.handover.actions.deciding import hand_over as hand_over
from search.handover.actions.deciding import refuse as refuse
from search.handover.actions.taking_back import take_back as take_back
