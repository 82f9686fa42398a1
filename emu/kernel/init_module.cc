// SPDX-License-Identifier: GPL-2.0-or-later
// init_module(name, struct module *): the check list of sys_init_module, release by release (docs/syscalls.md).
#include "emu/abi/errno_or.h"
#include "emu/kernel/exception_table.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

#include <vector>

namespace retromod {
namespace {

/// A module while its new header is being judged.
struct Candidate {
    Kernel& kernel;
    ModuleView module;         ///< already holds the image's header
    GuestAddr image;           ///< in user memory
    std::uint64_t header_size; ///< the image's size_of_struct
    std::string call_name;     ///< what the caller called it
    std::vector<std::byte> old_header;
    GuestAddr old_name_at;
    std::string old_name;

    std::uint64_t get(ModuleField field) const { return module.get(field); }
    bool image_has(ModuleField field) const
    {
        return kernel.modules().layout().has(field) && kernel.modules().layout().end_of(field) <= header_size;
    }
    std::uint64_t low() const
    {
        const auto& layout = kernel.modules().layout();
        return module.address().value + (kernel.rules().bounds_from_image_header ? header_size : layout.header_bytes());
    }
    std::uint64_t word(std::uint64_t value) const { return kernel.arch().word(value); }
    std::uint64_t end() const { return word(module.address().value + get(ModuleField::size)); }
    /// mod_bound: `count` elements of `bytes` each at `pointer` lie in the module, in wrapping machine words.
    bool bound(std::uint64_t pointer, std::uint64_t count, std::uint64_t bytes) const
    {
        return pointer >= low() && word(pointer + count * bytes) <= end();
    }
    bool bound(std::uint64_t pointer) const { return bound(pointer, 0, 1); }
};

// --- the header checks, each true when the image passes ----------------------------------------------------------

bool fits_created_size(const Candidate& c)
{
    const auto field = c.kernel.modules().layout().field(ModuleField::size);
    const auto created = load_unsigned(c.old_header.data() + field.offset, field.size, c.kernel.arch().order);
    return c.get(ModuleField::size) <= created;
}
bool name_in_bounds(const Candidate& c) { return c.bound(c.get(ModuleField::name), c.call_name.size(), 1); }
bool syms_in_bounds(const Candidate& c)
{
    const auto count = c.get(ModuleField::nsyms);
    return !count || c.bound(c.get(ModuleField::syms), count, c.kernel.modules().layout().symbol_bytes());
}
bool deps_in_bounds(const Candidate& c)
{
    const auto count = c.get(ModuleField::ndeps);
    return !count || c.bound(c.get(ModuleField::deps), count, c.kernel.modules().layout().ref_bytes());
}
bool init_in_bounds(const Candidate& c) { return !c.get(ModuleField::init) || c.bound(c.get(ModuleField::init)); }
bool cleanup_in_bounds(const Candidate& c) { return !c.get(ModuleField::cleanup) || c.bound(c.get(ModuleField::cleanup)); }

/// A table of pairs: ordered, inside the module (its end short of the module's), whole entries.
bool table_is_valid(const Candidate& c, std::uint64_t start, std::uint64_t end, std::uint64_t entry_bytes)
{
    if (start > end) return false;
    if (start && !(start >= c.low() && end < c.end())) return false;
    return c.word(start - end) % entry_bytes == 0;
}
bool exception_table_valid(const Candidate& c)
{
    return table_is_valid(c, c.get(ModuleField::ex_table_start), c.get(ModuleField::ex_table_end),
                          c.kernel.arch().exception_entry_bytes);
}
bool flags_valid(const Candidate& c) { return !(c.get(ModuleField::flags) & ~module_flag::autoclean); }
bool gp_in_bounds(const Candidate& c)
{
    return !c.kernel.arch().has_gp || c.bound(c.word(c.get(ModuleField::gp) - 0x8000));
}
bool gp_in_order(const Candidate& c) { return !c.kernel.rules().checks_gp_in_order || gp_in_bounds(c); }
bool can_unload_in_bounds(const Candidate& c)
{
    return !c.image_has(ModuleField::can_unload) || !c.get(ModuleField::can_unload) ||
           c.bound(c.get(ModuleField::can_unload));
}
bool range_in_bounds(const Candidate& c, ModuleField start, ModuleField end)
{
    return !c.image_has(end) || !c.get(end) || (c.bound(c.get(start)) && c.bound(c.get(end)));
}
bool range_ordered(const Candidate& c, ModuleField start, ModuleField end)
{
    return !c.image_has(end) || c.get(start) <= c.get(end);
}
bool kallsyms_in_bounds(const Candidate& c) { return range_in_bounds(c, ModuleField::kallsyms_start, ModuleField::kallsyms_end); }
bool kallsyms_ordered(const Candidate& c) { return range_ordered(c, ModuleField::kallsyms_start, ModuleField::kallsyms_end); }
bool archdata_in_bounds(const Candidate& c) { return range_in_bounds(c, ModuleField::archdata_start, ModuleField::archdata_end); }
bool archdata_ordered(const Candidate& c) { return range_ordered(c, ModuleField::archdata_start, ModuleField::archdata_end); }
bool kernel_data_zero(const Candidate& c)
{
    return !c.image_has(ModuleField::kernel_data) || !c.get(ModuleField::kernel_data);
}

struct HeaderCheck {
    bool (*passes)(const Candidate&);
    std::string_view message;
};

// sys_init_module, in the kernel's order: the first that fails decides, with EINVAL. Members that the release's
// struct module or the image's header does not have pass.
constexpr HeaderCheck header_checks[] = {
    {fits_created_size, "Size of initialized module exceeds size of created module."},
    {name_in_bounds, "mod->name out of bounds."},
    {syms_in_bounds, "mod->syms out of bounds."},
    {deps_in_bounds, "mod->deps out of bounds."},
    {init_in_bounds, "mod->init out of bounds."},
    {cleanup_in_bounds, "mod->cleanup out of bounds."},
    {exception_table_valid, "mod->ex_table_* invalid."},
    {flags_valid, "mod->flags invalid."},
    {gp_in_order, "mod->gp out of bounds."},
    {can_unload_in_bounds, "mod->can_unload out of bounds."},
    {kallsyms_in_bounds, "mod->kallsyms out of bounds."},
    {kallsyms_ordered, "mod->kallsyms invalid."},
    {archdata_in_bounds, "mod->archdata out of bounds."},
    {archdata_ordered, "mod->archdata invalid."},
    {kernel_data_zero, "mod->kernel_data must be zero."},
};

Errno refuse(Kernel& kernel, std::string_view message)
{
    kernel.log().write(fmt::format("<3>init_module: {}\n", message));
    return Errno::einval;
}

ErrnoOr<Done> check_header(const Candidate& candidate)
{
    for (const auto& check : header_checks)
        if (!check.passes(candidate)) return refuse(candidate.kernel, check.message);
    return Done{};
}

/// The name inside the image must be readable and be the module's own.
ErrnoOr<Done> check_name(const Candidate& c)
{
    const auto offset = c.word(c.get(ModuleField::name) - c.module.address().value);
    const auto name = c.kernel.user().get_mod_name({c.word(c.image.value + offset)});
    if (!name) {
        if (c.kernel.rules().reports_name_failure) refuse(c.kernel, "get_mod_name failure.");
        return name.error();
    }
    // A release without a private copy compares with the stored text, which a large header has just overwritten.
    const auto& rules = c.kernel.rules();
    const auto stored = rules.compares_private_name ? c.old_name : c.kernel.memory().load_string(c.old_name_at);
    if (name->size() != c.call_name.size() || *name != stored)
        return refuse(c.kernel, fmt::format("changed module name to `{}' from `{}'", *name, stored));
    return Done{};
}

/// The table of bus errors, whose bounds are the first words of archdata, where there is room for them.
bool dbe_table_valid(const Candidate& c)
{
    if (!c.kernel.arch().has_dbe_table || !c.image_has(ModuleField::archdata_end)) return true;
    const auto archdata = c.module.pointer(ModuleField::archdata_start);
    const auto word = c.kernel.arch().word_bytes;
    if (c.module.pointer(ModuleField::archdata_end) - archdata < 2 * word) return true;
    const auto& memory = c.kernel.memory();
    return table_is_valid(c, memory.load_word(archdata), memory.load_word(archdata + word), c.kernel.arch().exception_entry_bytes);
}

/// The architecture's own checks after the body is in place. Source: module_arch_init of include/asm-*/module.h.
ErrnoOr<Done> check_arch(const Candidate& c)
{
    if (c.kernel.rules().checks_gp_in_order) return Done{}; // releases without module_arch_init
    const bool good_gp = gp_in_bounds(c);
    if (good_gp && dbe_table_valid(c)) return Done{};
    c.kernel.log().write(
        fmt::format("<3>module_arch_init: {}\n", good_gp ? "archdata->dbe_table_* invalid." : "mod->gp out of bounds."));
    return Errno::einval;
}

// --- dependencies ------------------------------------------------------------------------------------------------

GuestAddr ref_at(const Candidate& c, std::uint64_t index)
{
    return c.module.pointer(ModuleField::deps) + index * c.kernel.modules().layout().ref_bytes();
}

ErrnoOr<Done> check_dep(const Candidate& c, GuestAddr dep)
{
    if (dep == c.module.address()) return refuse(c.kernel, "self-referential dependency in mod->deps.");
    const bool is_kernel = c.kernel.modules().is_end(dep);
    if (!c.kernel.modules().contains(dep) || (is_kernel && !c.kernel.rules().accepts_kernel_as_dep))
        return refuse(c.kernel, "found dependency that is (no longer?) a module.");
    return Done{};
}

/// Enters the module into its dependency's list of references, at the front.
void link_dep(const Candidate& c, GuestAddr ref)
{
    auto& memory = c.kernel.memory();
    const auto word = c.kernel.arch().word_bytes;
    auto dep = c.kernel.modules().view(memory.load_pointer(ref));
    memory.store_word(ref + word, c.module.address().value);
    memory.store_word(ref + 2 * word, dep.get(ModuleField::refs));
    dep.set(ModuleField::refs, ref.value);
    dep.set_flag(module_flag::used_once);
}

ErrnoOr<Done> link_deps(const Candidate& c)
{
    auto& memory = c.kernel.memory();
    const auto count = c.get(ModuleField::ndeps);
    const auto dep = [&](std::uint64_t i) { return memory.load_pointer(ref_at(c, i)); };
    const bool first_all = c.kernel.rules().checks_deps_first;
    if (first_all) {
        for (std::uint64_t i = 0; i < count; ++i)
            if (const auto good = check_dep(c, dep(i)); !good) return good.error();
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!first_all)
            if (const auto good = check_dep(c, dep(i)); !good) return good.error();
        link_dep(c, ref_at(c, i));
    }
    return Done{};
}

// --- the call ----------------------------------------------------------------------------------------------------

/// Puts the old header back, and in 2.4 the old name's text.
void restore(Candidate& c)
{
    auto& memory = c.kernel.memory();
    memory.write_all(c.module.address(), c.old_header);
    if (c.kernel.rules().rewrites_old_name)
        memory.write_all(c.old_name_at, std::as_bytes(std::span(c.old_name.c_str(), c.old_name.size() + 1)));
}

/// Everything from the header's copy to the linked dependencies; on failure the caller restores.
ErrnoOr<Done> take_image(Candidate& c)
{
    const auto& rules = c.kernel.rules();
    const auto header = rules.whole_image_header ? c.header_size : c.kernel.modules().layout().header_bytes();
    const auto base = c.module.address();
    if (c.kernel.user().copy_from(base, c.image, header)) return Errno::efault;
    if (const auto good = check_header(c); !good) return good.error();
    if (const auto good = check_name(c); !good) return good.error();
    const auto body = c.word(c.get(ModuleField::size) - header);
    if (c.kernel.user().copy_from(base + header, c.image + header, body)) return Errno::efault;
    if (const auto good = check_arch(c); !good) return good.error();
    const auto next = c.kernel.modules().layout().field(ModuleField::next);
    c.module.set(ModuleField::next, load_unsigned(c.old_header.data() + next.offset, next.size, c.kernel.arch().order));
    c.module.set(ModuleField::refs, 0);
    return link_deps(c);
}

/// The order of checks up to the init routine; on success the module is ready to run it.
ErrnoOr<ModuleView> prepare(Kernel& kernel, GuestAddr name_user, GuestAddr image)
{
    const auto& layout = kernel.modules().layout();
    const auto& rules = kernel.rules();
    if (!kernel.processes().caller().cap_sys_module) return Errno::eperm;
    const auto name = kernel.user().get_mod_name(name_user); // ENOMEM, EFAULT, EINVAL (empty), ENAMETOOLONG
    if (!name) return name.error();
    const auto found = kernel.modules().find(*name);
    if (!found) return Errno::enoent;
    const auto header_size = kernel.user().get_word(image);
    if (!header_size) return Errno::efault;
    const auto smallest = layout.field(ModuleField::persist_start).offset;
    const auto largest = layout.header_bytes() + 16 * layout.word();
    if (*header_size < smallest || *header_size > largest) {
        kernel.log().write("<3>init_module: Invalid module header size.\n<3>A new version of the modutils is likely needed.\n");
        return Errno::einval;
    }
    if (rules.rewrites_old_name && !kernel.heap().allows(AllocationKind::kmalloc)) return Errno::enomem;
    if (rules.header_copy_can_fail && !kernel.heap().allows(AllocationKind::vmalloc)) return Errno::enomem;

    Candidate candidate{kernel, *found, image, *header_size, *name, {}, found->pointer(ModuleField::name), found->name()};
    candidate.old_header.resize(layout.header_bytes());
    kernel.memory().read_all(found->address(), candidate.old_header);
    if (const auto taken = take_image(candidate); !taken) {
        restore(candidate);
        return taken.error();
    }
    return *found;
}

Return finish(Kernel& kernel, ModuleView module, std::uint64_t init_result)
{
    const auto result = static_cast<std::int32_t>(init_result); // init returns an int
    if (kernel.rules().has_initializing) module.clear_flag(module_flag::initializing);
    if (result == 0) {
        module.set_usecount(module.usecount() - 1);
        module.set_flag(module_flag::running);
        return {0};
    }
    module.set_usecount(0);
    if (result > 0 || !kernel.rules().failing_init_returns_own) return failure(kernel, Errno::ebusy);
    return {kernel.arch().word(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)))};
}

} // namespace

Step sys_init_module(Kernel& kernel, Frame& frame)
{
    if (frame.phase == 1) return finish(kernel, kernel.modules().view({frame.local<std::uint64_t>()}), frame.result);
    auto module = prepare(kernel, {frame.arguments[0]}, {frame.arguments[1]});
    if (!module) return failure(kernel, module.error());
    note_exception_table(kernel, *module);
    module->set_usecount(1);
    if (kernel.rules().has_initializing) module->set_flag(module_flag::initializing);
    const auto init = module->pointer(ModuleField::init);
    if (!init) return finish(kernel, *module, 0);
    frame.local<std::uint64_t>() = module->address().value;
    frame.phase = 1;
    return CallGuest{init, {}, 0, "init"};
}

} // namespace retromod
