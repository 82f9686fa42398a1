// SPDX-License-Identifier: GPL-2.0-or-later
// Standard output and error of a command that is run anew: what was said is not said again.
#pragma once

namespace retromod {

/// Puts /dev/null in the place of standard output and error, and back. Needs no more of the host than duplicating descriptors.
class MutedOutput {
public:
    /// Opens /dev/null. Throws std::system_error.
    MutedOutput();
    ~MutedOutput();
    MutedOutput(const MutedOutput&) = delete;
    MutedOutput& operator=(const MutedOutput&) = delete;

    void mute();
    void unmute();

private:
    int null_;
    int output_ = -1, error_ = -1; ///< what is to be put back; -1: it is in its place
};

} // namespace retromod
