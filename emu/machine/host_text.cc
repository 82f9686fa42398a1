// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/host_text.h"

#include "emu/machine/host_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace retromod {

std::string read_host_text(const std::string& path)
{
    constexpr std::size_t chunk_bytes = 64 << 10;
    const auto fail = [&](int error, const char* what = "") {
        throw std::system_error(error, std::generic_category(), path + what);
    };
    const auto opened = HostFile::open_existing(path, O_RDONLY | O_NONBLOCK | O_NOCTTY); // not waiting for who writes a pipe
    if (!opened) fail(ENOENT);
    const auto& file = *opened;
    ::fcntl(file.descriptor(), F_SETFL, 0);
    std::string text;
    while (true) {
        const auto filled = text.size();
        text.resize(filled + chunk_bytes);
        const auto count = ::read(file.descriptor(), text.data() + filled, chunk_bytes);
        if (count < 0 && errno != EINTR) fail(errno);
        text.resize(filled + static_cast<std::size_t>(count > 0 ? count : 0));
        if (count == 0) return text;
        if (text.size() <= largest_text_file) continue;
        fail(EFBIG, ": more than 64 MiB of text");
    }
}

} // namespace retromod
