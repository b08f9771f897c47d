"""The pages' blueprint."""

from flask import Blueprint

pages = Blueprint("moderation", __name__)
