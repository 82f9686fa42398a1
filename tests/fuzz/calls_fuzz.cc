// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes become system calls with hostile images on a machine in memory. Format of an input: a byte for the release, then
// steps; calls_seeds.py writes it from scenarios.
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/trouble.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/call_world.h"
#include "tests/overlooked_leaks.h"

#include <algorithm>

using namespace retromod;

namespace {

constexpr int step_limit = 48;
constexpr std::uint32_t image_limit = 64 << 10;
constexpr std::uint32_t create_limit = 256 << 10; ///< larger sizes are tried, but only impossible ones
constexpr const char* names[] = {"a", "b", "c", "d", "e", "twenty_characters_nm"};

/// Reads the operands of steps and performs them.
class Player {
public:
    Player(CallWorld& world, ByteReader& input) : world_(world), input_(input) {}

    void step()
    {
        world_.user.clear();
        switch (input_.byte() % 10) {
        case 0: return create();
        case 1: return init();
        case 2: return remove();
        case 3: return query();
        case 4: return symbols();
        case 5: return tweak();
        case 6: world_.capable = input_.byte() % 4 != 0; return;
        case 7: return fail_allocation();
        case 8: return look();
        default: return poke();
        }
    }

private:
    static std::uint32_t narrow(std::uint64_t value) { return static_cast<std::uint32_t>(value); }

    std::uint32_t value()
    {
        const auto kind = input_.byte() % 9;
        switch (kind) {
        case 0: return input_.byte();
        case 1: return input_.half();
        case 2: return input_.word();
        case 4: return narrow(world_.header() + static_cast<std::uint64_t>(input_.offset()));
        case 5: return narrow(world_.kernel().state().kernel_module + static_cast<std::uint64_t>(input_.offset()));
        default: break;
        }
        const auto slot = input_.byte();
        const auto base = world_.base(slot).value;
        if (kind == 6) return narrow(base + input_.word());
        const auto from = kind == 7 ? world_.size(slot) : kind == 8 ? world_.header() : 0;
        return narrow(base + from + static_cast<std::uint64_t>(input_.offset()));
    }

    GuestAddr name(std::size_t& slot)
    {
        const auto choice = input_.byte();
        slot = choice % std::size(names);
        switch (choice >= 250 ? choice - 250 : 6) {
        case 0: return {};
        case 1: return {0x10000};
        case 2: return world_.user.add_text("");
        case 3: return world_.user.add_text(std::string(4095, 'n'));
        case 4: return world_.user.add_text(std::string(4096, 'n'));
        case 5: return world_.user.add(3); // NULs, the first ends it
        default: return world_.user.add_text(names[slot]);
        }
    }

    Outcome call(const SystemCall& call)
    {
        return world_.call(call, [&] {
            if (depth_ == 2) return;
            ++depth_;
            step();
            --depth_;
        });
    }

    void create()
    {
        std::size_t slot = 0;
        const auto text = name(slot);
        auto size = value();
        if (size > create_limit && size < 0xf0000000) size %= create_limit;
        const auto outcome = call({"create_module", {text.value, size}, 2});
        if (outcome.kind == Outcome::Kind::done && !outcome.result.failed(world_.kernel().arch()))
            world_.created(slot, {outcome.result.word}, size);
    }

    static void put(std::span<std::byte> image, std::uint32_t at, std::span<const std::byte> bytes)
    {
        if (at >= image.size()) return;
        const auto count = std::min<std::size_t>(bytes.size(), image.size() - at);
        std::ranges::copy(bytes.first(count), image.begin() + at);
    }
    static void put_word(std::span<std::byte> image, std::uint32_t at, std::uint32_t word)
    {
        std::array<std::byte, 4> bytes;
        store<std::uint32_t>(bytes.data(), ByteOrder::little, word);
        put(image, at, bytes);
    }

    void body_item(std::span<std::byte> image)
    {
        const auto at = value();
        const auto kind = input_.byte();
        const auto count = input_.byte() % 64u;
        if (kind % 3 == 0) {
            const std::string_view text = names[count % std::size(names)];
            put(image, at, std::as_bytes(std::span(text.data(), text.size() + 1)));
        } else if (kind % 3 == 1) {
            for (unsigned i = 0; i < count % 16; ++i) put_word(image, at + 4 * i, value());
        } else {
            for (unsigned i = 0; i < count; ++i) {
                const std::byte byte{input_.byte()};
                put(image, at + i, {&byte, 1});
            }
        }
    }

    GuestAddr image(std::size_t slot)
    {
        const auto form = input_.byte();
        if (form == 255) return {0x10000};
        const auto length = form == 254 ? value() % image_limit : narrow(world_.size(slot) % image_limit);
        const auto at = world_.user.add(length);
        const auto bytes = world_.user.room(at);
        const auto header = narrow(world_.header());
        put_word(bytes, 0, header);
        put_word(bytes, 8, narrow(world_.base(slot).value) + header);
        put_word(bytes, 12, length);
        put(bytes, header, std::as_bytes(std::span(names[slot], std::string_view(names[slot]).size() + 1)));
        for (int fields = input_.byte() % 16; fields > 0; --fields) {
            const auto field = input_.byte() % 24u;
            put_word(bytes, field * 4, value());
        }
        for (int items = input_.byte() % 16; items > 0; --items) body_item(bytes);
        return at;
    }

    void init()
    {
        std::size_t slot = 0;
        const auto text = name(slot);
        const auto content = image(slot);
        call({"init_module", {text.value, content.value}, 2});
    }

    void remove()
    {
        std::size_t slot = 0;
        const auto text = name(slot);
        call({"delete_module", {text.value}, 1});
    }

    GuestAddr buffer(std::uint32_t size)
    {
        const auto form = input_.byte();
        const auto cut = input_.byte();
        switch (form % 6) {
        case 0: return {0x10000};
        case 1: return world_.user.add_part(size, 0, cut);
        case 2: return world_.user.add(size, false);
        case 3: return world_.user.add_gap(size, cut, cut + 4u);
        default: return world_.user.add(size);
        }
    }

    void query()
    {
        std::size_t slot = 0;
        const auto text = name(slot);
        const auto which = input_.byte() % 8u;
        const auto size = input_.half();
        const auto room = buffer(size);
        const auto ret = buffer(4);
        call({"query_module", {text.value, which, room.value, size, ret.value}, 5});
    }

    void symbols()
    {
        const auto bytes = input_.half();
        call({"get_kernel_syms", {bytes ? buffer(bytes).value : 0}, 1});
    }

    /// The module of that number, if it is mapped.
    std::optional<ModuleView> live(std::uint8_t slot)
    {
        const auto base = world_.base(slot);
        if (!base || !world_.memory().vmalloc_area(base)) return std::nullopt;
        return world_.kernel().modules().view(base);
    }

    void tweak()
    {
        const auto module = live(input_.byte());
        const auto field = input_.byte() % 24u;
        const auto content = value();
        if (module) world_.memory().store<std::uint32_t>(module->address() + field * 4, content);
        world_.check_index();
    }

    /// What guest code could have written anywhere into a module.
    void poke()
    {
        const auto module = live(input_.byte());
        const auto at = input_.half();
        std::array<std::byte, 4> bytes;
        store<std::uint32_t>(bytes.data(), ByteOrder::little, value());
        if (module) world_.memory().write(module->address() + at, bytes);
        world_.check_index();
    }

    void fail_allocation()
    {
        const auto kind = input_.byte() % 3;
        world_.kernel().heap().fail(static_cast<AllocationKind>(kind), input_.byte() % 4);
    }

    /// The /proc files; a broken list may stop them as it stops the kernel.
    void look()
    try {
        proc_modules_text(world_.kernel());
        static_cast<void>(proc_ksyms_text(world_.kernel()));
    } catch (const KernelFault&) {
    } catch (const KernelHang&) {
    }

    CallWorld& world_;
    ByteReader& input_;
    int depth_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    ByteReader input({data, size});
    CallWorld world(releases()[input.byte() % releases().size()]);
    Player player(world, input);
    for (int i = 0; i < step_limit && !input.done(); ++i) player.step();
    return 0;
}
