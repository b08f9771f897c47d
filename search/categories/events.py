"""What happens to categories: a person's corrections. The machine's guesses are no events; they can be made again."""

from portal.kernel.events import kind

POST_CATEGORISED = kind(
    "post.categorised",
    "Somebody corrected what a message is",
    "%(actor)s corrected what a message in “%(title)s” is: %(what)s",
    icon="tag",
    quiet=True,
    ours=True,
)
