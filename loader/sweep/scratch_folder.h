// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// A new folder below $TMPDIR, or /tmp, that is gone when its maker is: a process of its own waits for the maker's end,
/// whatever it is, and removes it.
class ScratchFolder {
public:
    /// Throws std::system_error where no folder can be made.
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
    int lifeline_ = -1; ///< its other end reads the end of a file when the last process that holds this one is gone
    int janitor_ = -1;
};

} // namespace retromod
