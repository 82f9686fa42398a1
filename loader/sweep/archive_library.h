// SPDX-License-Identifier: GPL-2.0-or-later
// The functions of libarchive that a sweep needs, found in the library when one is first looked at.
#pragma once

#include <archive.h>
#include <archive_entry.h>

namespace retromod {

#define RETROMOD_ARCHIVE_FUNCTIONS(FUNCTION)                                                                                    \
    FUNCTION(entry_filetype) FUNCTION(entry_pathname) FUNCTION(error_string) FUNCTION(read_data) FUNCTION(read_free)            \
    FUNCTION(read_new) FUNCTION(read_next_header) FUNCTION(read_open_filename) FUNCTION(read_open_memory)                       \
    FUNCTION(read_support_filter_all) FUNCTION(read_support_format_7zip) FUNCTION(read_support_format_ar)                       \
    FUNCTION(read_support_format_cpio) FUNCTION(read_support_format_iso9660) FUNCTION(read_support_format_tar)                  \
    FUNCTION(read_support_format_zip)

/// Each member is the function archive_NAME.
struct ArchiveLibrary {
    /// Throws std::runtime_error where the library cannot be loaded.
    ArchiveLibrary();
#define FUNCTION(name) decltype(&archive_##name) name = nullptr;
    RETROMOD_ARCHIVE_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

inline const ArchiveLibrary& archive_library()
{
    static const ArchiveLibrary library;
    return library;
}

} // namespace retromod
