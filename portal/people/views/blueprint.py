"""What the pages about people hang on."""

from flask import Blueprint

from portal.people.devices import described

pages = Blueprint("people", __name__)
pages.add_app_template_filter(described, "device")
