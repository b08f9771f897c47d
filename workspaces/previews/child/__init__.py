"""What reads files of unknown hands: a process of its own, that a bad file may crash, hang or fill without harm to anybody.

It imports nothing of Mainstay but itself, gets the file as its standard input, and tells what it found on its standard output.
"""
