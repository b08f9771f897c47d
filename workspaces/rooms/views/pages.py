"""The blueprint that the pages of workspaces hang on."""

from flask import Blueprint

pages = Blueprint("rooms", __name__)
