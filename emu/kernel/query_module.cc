// SPDX-License-Identifier: GPL-2.0-or-later
// query_module(name, which, buf, bufsize, ret). Source: sys_query_module and the qm_ functions of kernel/module.c.
#include "emu/abi/errno_or.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/user_access.h"

#include <algorithm>
#include <vector>

namespace retromod {
namespace {

/// Bytes of names after which we say that the call will not end: more than can be asked for with any buffer. A module's
/// symbols can all point to one name of megabytes.
constexpr std::uint64_t longest_answer = std::uint64_t{1} << 30;

void check_work(std::uint64_t name_bytes)
{
    if (name_bytes > longest_answer) throw KernelHang{"query_module counts more than a gigabyte of names"};
}

enum Which : std::uint64_t { nothing = 0, modules = 1, deps = 2, refs = 3, symbols = 4, info = 5 };

struct Query {
    Kernel& kernel;
    ModuleView module;
    GuestAddr buffer;
    std::uint64_t size;
    GuestAddr ret;

    /// Stores the count or the size through ret, and gives that result.
    ErrnoOr<Done> answer(std::uint64_t value, std::optional<Errno> error = {}) const
    {
        if (!kernel.user().put_word(ret, value)) return Errno::efault;
        if (error) return *error;
        return Done{};
    }
    bool is_kernel() const { return kernel.modules().is_end(module.address()); }
};

/// Writes names one behind the other, NUL-terminated, as far as they fit; then only counts the bytes.
class NameWriter {
public:
    explicit NameWriter(const Query& query) : query_(query) {}

    /// False: the buffer could not be written.
    bool add(const std::string& name)
    {
        const auto bytes = name.size() + 1;
        ++count_;
        if (full_ || bytes > query_.size - written_) {
            full_ = true;
            needed_ += bytes;
            check_work(needed_);
            return true;
        }
        if (query_.kernel.user().copy_to(query_.buffer + written_, std::as_bytes(std::span(name.c_str(), bytes)))) return false;
        written_ += bytes;
        needed_ += bytes;
        return true;
    }
    ErrnoOr<Done> answer() const
    {
        return full_ ? query_.answer(needed_, Errno::enospc) : query_.answer(count_);
    }

private:
    const Query& query_;
    std::uint64_t written_ = 0, needed_ = 0, count_ = 0;
    bool full_ = false;
};

ErrnoOr<Done> query_modules(const Query& query)
{
    NameWriter names(query);
    bool readable = true;
    query.kernel.modules().for_each([&](const ModuleView& module) { readable = readable && names.add(module.name()); });
    if (!readable) return Errno::efault;
    return names.answer();
}

ErrnoOr<Done> query_deps(const Query& query)
{
    if (query.is_kernel()) return Errno::einval;
    if (!is_queryable(query.kernel, query.module)) return query.answer(0);
    NameWriter names(query);
    const auto count = query.module.get(ModuleField::ndeps);
    const auto first = query.module.pointer(ModuleField::deps);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto dep = query.kernel.memory().load_pointer(first + i * query.kernel.modules().layout().ref_bytes());
        if (!names.add(query.kernel.modules().view(dep).name())) return Errno::efault;
    }
    return names.answer();
}

ErrnoOr<Done> query_refs(const Query& query)
{
    if (query.is_kernel()) return Errno::einval;
    if (!is_queryable(query.kernel, query.module)) return query.answer(0);
    NameWriter names(query);
    CircleWatch watch;
    for (auto at = query.module.pointer(ModuleField::refs); at;) {
        if (watch.comes_round_at(at)) throw KernelHang{"query_module walks a circle of module references"};
        const auto ref = query.kernel.modules().load_ref(at);
        if (!names.add(query.kernel.modules().view(ref.ref).name())) return Errno::efault;
        at = ref.next_ref;
    }
    return names.answer();
}

ErrnoOr<Done> query_symbols(const Query& query)
{
    if (!is_queryable(query.kernel, query.module)) return query.answer(0);
    auto& kernel = query.kernel;
    auto& memory = kernel.memory();
    const auto word = kernel.arch().word_bytes;
    const auto entry = kernel.modules().layout().symbol_bytes();
    const auto count = query.module.get(ModuleField::nsyms);
    const auto first = query.module.pointer(ModuleField::syms);
    const auto array = kernel.arch().word(count * entry);
    const auto name_of = [&](std::uint64_t i) { return memory.load_string(memory.load_pointer(first + i * entry + word)); };

    std::uint64_t written = array, done = 0;
    const bool array_fits = array <= query.size;
    if (array_fits) {
        if (!kernel.user().access_ok(query.buffer, array)) return Errno::efault;
        for (; done < count; ++done) {
            const auto name = name_of(done);
            if (name.size() + 1 > query.size - written) break;
            const auto value = memory.load_word(first + done * entry);
            if (kernel.user().copy_to(query.buffer + written, std::as_bytes(std::span(name.c_str(), name.size() + 1))) ||
                !kernel.user().put_word(query.buffer + done * entry, value) ||
                !kernel.user().put_word(query.buffer + done * entry + word, written))
                return Errno::efault;
            written += name.size() + 1;
        }
        if (done == count) return query.answer(count);
    }
    for (; done < count; ++done) {
        written += name_of(done).size() + 1;
        check_work(written - array);
    }
    return query.answer(written, Errno::enospc);
}

ErrnoOr<Done> query_info(const Query& query)
{
    if (query.is_kernel()) return Errno::einval;
    const auto word = query.kernel.arch().word_bytes;
    const auto order = query.kernel.arch().order;
    const auto usecount = query.module.can_unload() ? -1 : query.module.usecount();
    const std::uint64_t members[] = {query.module.address().value, query.module.get(ModuleField::size),
                                     query.module.flags(), static_cast<std::uint64_t>(std::int64_t{usecount})};
    std::vector<std::byte> bytes(std::size(members) * word);
    for (std::size_t i = 0; i < std::size(members); ++i) store_unsigned(bytes.data() + i * word, word, order, members[i]);
    if (query.size < bytes.size()) return query.answer(bytes.size(), Errno::enospc);
    if (query.kernel.user().copy_to(query.buffer, bytes)) return Errno::efault;
    return query.answer(bytes.size());
}

ErrnoOr<Done> query_module(Kernel& kernel, const Frame& frame)
{
    const auto& [name_user, which, buffer, size, ret, a, b, c] = frame.arguments;
    auto module = kernel.modules().kernel();
    if (name_user) {
        const auto name = kernel.user().get_mod_name({name_user}); // ENOMEM, EFAULT, EINVAL (empty), ENAMETOOLONG
        if (!name) return name.error();
        const auto found = kernel.modules().find(*name);
        if (!found) return Errno::enoent;
        module = *found;
    }
    const Query query{kernel, module, {buffer}, size, {ret}};
    switch (static_cast<std::uint32_t>(which)) { // an int
    case Which::nothing: return Done{};
    case Which::modules: return query_modules(query);
    case Which::deps: return query_deps(query);
    case Which::refs: return query_refs(query);
    case Which::symbols: return query_symbols(query);
    case Which::info: return query_info(query);
    default: return Errno::einval;
    }
}

} // namespace

Step sys_query_module(Kernel& kernel, Frame& frame)
{
    const auto result = query_module(kernel, frame);
    return result ? Return{0} : failure(kernel, result.error());
}

} // namespace retromod
