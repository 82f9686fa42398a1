// SPDX-License-Identifier: GPL-2.0-or-later
// What insmod and rmmod leave for ksymoops: copies of /proc/ksyms and /proc/modules.
#include "loader/tools/ksymoops_snapshot.h"

#include "loader/api/guest_file.h"
#include "loader/legacy/kernel_info.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>

namespace retromod {
namespace {

constexpr std::string_view folder = "/var/log/ksymoops";

std::tm local_time()
{
    const auto now = std::time(nullptr);
    std::tm time{};
    ::localtime_r(&now, &time);
    return time;
}

} // namespace

KsymoopsSnapshot::KsymoopsSnapshot(const ModuleHome& home, Session& session, SnapshotWhen when)
    : home_(home), session_(session), when_(when), names_(module_names())
{
}

std::vector<std::string> KsymoopsSnapshot::module_names() const
{
    if (!home_.has_ksymoops()) return {};
    std::vector<std::byte> names(256);
    const auto listed = query_growing(session_.calls(), session_.arch(), std::nullopt, Query::modules, names);
    return listed.result.failed(session_.arch()) ? std::vector<std::string>{} : strings_of(names, listed.ret);
}

void KsymoopsSnapshot::copy_guest_file(const std::string& path, std::ostream& into) const
{
    constexpr std::uint64_t chunk = 65536;
    GuestFile file(session_.calls(), path, GuestFile::Access::read);
    if (!file.is_open()) return;
    for (;;) {
        const auto read = file.read(chunk);
        if (read.result.failed(session_.arch()) || read.text.empty()) break;
        into << read.text;
    }
    file.close();
}

void KsymoopsSnapshot::take(const Speech& speech) const
{
    if (!home_.has_ksymoops() || (when_ == SnapshotWhen::list_changed && names_ == module_names())) return;
    const auto stamp = fmt::format("{:%Y%m%d%H%M%S}", local_time());
    for (const std::string_view what : {"ksyms", "modules"}) {
        const auto path = fmt::format("{}/{}.{}", folder, stamp, what);
        std::ofstream file(home_.tree().host(path), std::ios::binary);
        copy_guest_file(fmt::format("/proc/{}", what), file);
        file.close();
        if (!file) return speech.error(fmt::format("cannot create {} {}", path, std::strerror(errno)));
    }
}

void KsymoopsSnapshot::log(const ModuleHome& home, std::string_view text, const Speech& speech)
{
    if (!home.has_ksymoops()) return;
    const auto now = local_time();
    const auto path = fmt::format("{}/{:%Y%m%d}.log", folder, now);
    std::ofstream file(home.tree().host(path), std::ios::app);
    file << fmt::format("{:%Y%m%d %H%M%S} {}\n", now, text);
    file.close();
    if (!file) speech.error(fmt::format("cannot create {} {}", path, std::strerror(errno)));
}

} // namespace retromod
