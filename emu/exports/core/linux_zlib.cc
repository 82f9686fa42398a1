// SPDX-License-Identifier: GPL-2.0-or-later
// linux/zlib.h: zlib's inflate as the kernel carries it. Source: lib/zlib_inflate of 2.4.18.
#include "emu/exports/family.h"
#include "emu/memory/work_meter.h"
#include "emu/kernel/guest_bytes.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

namespace retromod {
namespace {

/// What a stream's workspace holds here: how many bytes of compressed data were taken, and those. A stream is inflated
/// from its start at each call, so that its state is data of the guest and lives in the machine.
constexpr std::uint64_t workspace_bytes = 128 << 10, header_bytes = 8;
constexpr std::uint64_t most_output = 256 << 20; ///< of one stream: what 128 KiB can inflate to, and `total_out` is the guest's

/// struct z_stream_s: nine words and what zlib keeps for itself.
class Stream {
public:
    Stream(Kernel& kernel, GuestAddr at) : kernel_(kernel), at_(at) {}
    enum Word : unsigned { next_in, avail_in, total_in, next_out, avail_out, total_out, message, state, workspace };
    std::uint64_t get(Word word) const { return kernel_.memory().load_word(at_ + word * kernel_.arch().word_bytes); }
    void set(Word word, std::uint64_t value) { kernel_.memory().store_word(at_ + word * kernel_.arch().word_bytes, value); }
    GuestAddr store() const { return {get(workspace)}; }
    std::uint32_t kept() const { return kernel_.memory().load<std::uint32_t>(store()); }
    std::int32_t window() const { return kernel_.memory().load<std::int32_t>(store() + 4); }
    void begin(std::int32_t window)
    {
        kernel_.memory().store<std::uint32_t>(store(), 0);
        kernel_.memory().store<std::int32_t>(store() + 4, window);
        for (const auto word : {total_in, total_out, message}) set(word, 0);
        set(state, get(workspace));
    }
    /// What was taken before, and what is there now.
    std::vector<unsigned char> input() const
    {
        require_access(kernel_, store() + header_bytes, kept(), Access::read);
        require_access(kernel_, {get(next_in)}, get(avail_in), Access::read);
        std::vector<unsigned char> bytes(kept() + get(avail_in));
        const auto all = std::as_writable_bytes(std::span(bytes));
        kernel_.memory().read_all(store() + header_bytes, all.first(kept()));
        kernel_.memory().read_all({get(next_in)}, all.subspan(kept()));
        return bytes;
    }
    /// Remembers `taken` more bytes. False when the workspace has no room for them.
    bool keep(std::span<const unsigned char> taken)
    {
        const auto before = kept();
        if (header_bytes + before + taken.size() > workspace_bytes) return false;
        kernel_.memory().write_all(store() + header_bytes + before, std::as_bytes(taken));
        kernel_.memory().store<std::uint32_t>(store(), before + static_cast<std::uint32_t>(taken.size()));
        return true;
    }

private:
    Kernel& kernel_;
    GuestAddr at_;
};

std::int32_t workspace_size(Kernel&) { return static_cast<std::int32_t>(workspace_bytes); }

std::int32_t inflate_init2(Kernel& kernel, GuestAddr at, std::int32_t window, GuestString version, std::int32_t)
{
    if (version.text.substr(0, 1) != "1") return Z_VERSION_ERROR;
    Stream stream(kernel, at);
    if (!at || !stream.store()) return Z_STREAM_ERROR;
    if (std::abs(window) < 8 || std::abs(window) > 15) return Z_STREAM_ERROR;
    stream.begin(window);
    return Z_OK;
}
std::int32_t inflate_init(Kernel& kernel, GuestAddr at, GuestString version, std::int32_t bytes)
{
    return inflate_init2(kernel, at, MAX_WBITS, version, bytes);
}

std::int32_t inflate_reset(Kernel& kernel, GuestAddr at)
{
    Stream stream(kernel, at);
    if (!at || !stream.get(Stream::state)) return Z_STREAM_ERROR;
    stream.begin(stream.window());
    return Z_OK;
}
std::int32_t inflate_end(Kernel& kernel, GuestAddr at)
{
    Stream stream(kernel, at);
    if (!at || !stream.get(Stream::state)) return Z_STREAM_ERROR;
    stream.set(Stream::state, 0);
    return Z_OK;
}

/// Differs from 2.4: a stream of more than 128 KiB compressed, given in pieces, is a memory error.
std::int32_t inflate_some(Kernel& kernel, GuestAddr at, std::int32_t flush)
{
    Stream stream(kernel, at);
    if (!at || !stream.get(Stream::state)) return Z_STREAM_ERROR;
    auto input = stream.input();
    const auto before = stream.kept();
    const auto done = stream.get(Stream::total_out);
    const auto room = std::min<std::uint64_t>(stream.get(Stream::avail_out), 16 << 20);
    require_access(kernel, {stream.get(Stream::next_out)}, room, Access::write);
    if (done > most_output) return Z_MEM_ERROR;
    work_meter().take(done + room);
    std::vector<unsigned char> output(done + room);
    z_stream z{};
    if (inflateInit2(&z, stream.window()) != Z_OK) return Z_MEM_ERROR;
    z.next_in = input.data();
    z.avail_in = static_cast<unsigned>(input.size());
    z.next_out = output.data();
    z.avail_out = static_cast<unsigned>(output.size());
    const auto result = inflate(&z, flush == Z_FINISH ? Z_FINISH : Z_SYNC_FLUSH);
    const auto used = std::max<std::uint64_t>(z.total_in, before) - before,
               made = std::max<std::uint64_t>(z.total_out, done) - done;
    inflateEnd(&z);
    if (!stream.keep(std::span(input).subspan(before, used))) return Z_MEM_ERROR;
    kernel.memory().write_all({stream.get(Stream::next_out)}, std::as_bytes(std::span(output).subspan(done, made)));
    const auto move = [&](Stream::Word next, Stream::Word left, Stream::Word total, std::uint64_t by) {
        stream.set(next, stream.get(next) + by);
        stream.set(left, stream.get(left) - by);
        stream.set(total, stream.get(total) + by);
    };
    move(Stream::next_in, Stream::avail_in, Stream::total_in, used);
    move(Stream::next_out, Stream::avail_out, Stream::total_out, made);
    return result;
}

std::int32_t inflate_incompressible(Kernel&, GuestAddr) { return Z_STREAM_ERROR; }

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<workspace_size>("zlib_inflate_workspacesize", v18),
    full<inflate_init>("zlib_inflateInit_", v18),
    full<inflate_init2>("zlib_inflateInit2_", v18),
    full<inflate_reset>("zlib_inflateReset", v18),
    full<inflate_end>("zlib_inflateEnd", v18),
    init<inflate_some>("zlib_inflate", v18),
    inert<inflate_incompressible>("zlib_inflateIncomp", v18),
};

} // namespace

extern const Family linux_zlib{.header = "linux/zlib.h", .functions = functions};

} // namespace retromod
