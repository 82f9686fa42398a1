// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/page_output.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace retromod {

PageOutput::PageOutput(std::optional<std::string> path) : path_(std::move(path))
{
    if (!path_) return;
    if (std::filesystem::is_directory(*path_)) {
        errno = EISDIR;
        fail();
    }
    const bool in_place = std::filesystem::exists(*path_) && !std::filesystem::is_regular_file(*path_); // a pipe, a device
    if (!in_place) {
        temporary_ = *path_ + ".XXXXXX";
        const int descriptor = mkstemp(temporary_.data());
        if (descriptor < 0) {
            temporary_.clear();
            fail();
        }
        const auto mask = umask(0);
        umask(mask);
        fchmod(descriptor, 0666 & ~mask);
        file_ = fdopen(descriptor, "wb");
    } else {
        file_ = std::fopen(path_->c_str(), "wb");
    }
    if (!file_) fail();
}

PageOutput::~PageOutput()
{
    if (path_ && file_) std::fclose(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void PageOutput::write(std::string_view page)
{
    if (std::fwrite(page.data(), 1, page.size(), file_) != page.size() || std::fflush(file_) != 0) fail();
}

void PageOutput::keep()
{
    if (temporary_.empty()) return;
    if (std::rename(temporary_.c_str(), path_->c_str()) != 0) fail();
    temporary_.clear();
}

void PageOutput::fail() const
{
    throw std::runtime_error(fmt::format("{}: {}", path_.value_or("standard output"), std::strerror(errno)));
}

} // namespace retromod
