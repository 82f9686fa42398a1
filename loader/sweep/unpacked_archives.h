// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/modules/module_folder.h"
#include "loader/sweep/scratch_folder.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// Whether a file's name says that it is an archive: .tar and its packed forms, .rpm, .deb, .ipk, .cpio, .zip, .7z, .iso.
bool is_archive_name(std::string_view file_name);

/// The module files out of archives, and out of archives in those, in a scratch folder: a package, a distribution's CD. Read
/// with libarchive.
class UnpackedArchives {
public:
    explicit UnpackedArchives(LinkedBy linked_by) : linked_by_(linked_by) {}

    /// Takes the module files out of one archive of the host. They are called by its path and theirs inside it.
    void add(const std::string& path);

    /// Where each archive's modules lie, and what that folder is called.
    const std::vector<ModuleRoot>& roots() const { return roots_; }

    /// Archives that could not be read, or not to their end: a line each that names the archive.
    const std::vector<std::string>& problems() const { return problems_; }

private:
    LinkedBy linked_by_;
    std::optional<ScratchFolder> scratch_; ///< made with the first archive
    std::vector<ModuleRoot> roots_;
    std::vector<std::string> problems_;
    std::uint64_t bytes_ = 0; ///< unpacked so far

    class Reading;
};

} // namespace retromod
