"""The brief: what it says, for whom, as of when; and that each line leads somewhere."""


def test_it_is_there(brief, door, world, say):
    say("petra", "How long does the battery last?")
    assert brief("rhea")["questions"]
    assert door("rhea").get(f"/accounts/{world.ids['calder']}/brief").status_code == 200
