"""ZIP archives: strangers' read within limits, ours written the same each time."""

from shared.files.archives.reading import DEFAULT_LIMITS, Archive, ArchiveLimits, Member, open_archive
from shared.files.archives.writing import write_zip

__all__ = ["DEFAULT_LIMITS", "Archive", "ArchiveLimits", "Member", "open_archive", "write_zip"]
