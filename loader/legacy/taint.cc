// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/taint.h"

#include <fmt/format.h>

namespace retromod {
namespace {

// Bits of /proc/sys/kernel/tainted.
constexpr unsigned taint_proprietary = 1;
constexpr unsigned taint_forced = 2;

constexpr std::string_view taint_url = "http://www.tux.org/lkml/#s1-18";

class Tainter {
public:
    Tainter(std::string_view file, NoLoad noload, LoaderSystem& system, Messages& messages)
        : file_(file), noload_(noload), system_(system), messages_(messages)
    {
    }

    void taint(unsigned bit, std::string_view why)
    {
        messages_.warn(fmt::format("Warning: loading {} will taint the kernel: {}", file_, why));
        if (first_) messages_.print(fmt::format("  See {} for information about tainted modules", taint_url));
        first_ = false;
        const auto now = system_.taint();
        if (now.state == LoaderSystem::Taint::State::there && noload_ == NoLoad::no) system_.set_taint(now.value | bit);
    }

private:
    std::string_view file_;
    NoLoad noload_;
    LoaderSystem& system_;
    Messages& messages_;
    bool first_ = true;
};

} // namespace

void check_taint(std::string_view file, const License& license, Force force, NoLoad noload, LoaderSystem& system,
                 Messages& messages)
{
    Tainter tainter(file, noload, system, messages);
    // A kernel without the file predates licences: it is not told that one is missing, but it is told of a wrong one.
    const bool has_taint = system.taint().state != LoaderSystem::Taint::State::absent;
    if (license.kind == License::Kind::none && has_taint) tainter.taint(taint_proprietary, "no license");
    if (license.kind == License::Kind::other)
        tainter.taint(taint_proprietary, fmt::format("non-GPL license - {}", license.text));
    if (force == Force::yes) tainter.taint(taint_forced, "forced load");
}

} // namespace retromod
