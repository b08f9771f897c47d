"""Backups: one file with the database and the bytes that it names, made while people work; and the way back."""

from portal.kernel.backups.format import Damaged, Manifest, Unusable
from portal.kernel.backups.making import Made, make
from portal.kernel.backups.reading import check
from portal.kernel.backups.restoring import Restored, restore

__all__ = ["Damaged", "Made", "Manifest", "Restored", "Unusable", "check", "make", "restore"]
