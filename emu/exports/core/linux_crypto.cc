// SPDX-License-Identifier: GPL-2.0-or-later
// linux/crypto.h: algorithms are registered and looked up; nobody can compute with one. Source: crypto/{api,autoload}.c of
// 2.4.22 and 2.4.32.
#include "emu/exports/core/crypto_algorithms.h"

#include "emu/exports/answers.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/ordered_rows.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

CryptoAlgorithmRow* find_algorithm(Kernel& kernel, std::string_view name)
{
    return kernel.machine().table<CryptoAlgorithmRow>().find_if(
        [&](const CryptoAlgorithmRow& row) { return CryptoAlgorithm(kernel, {row.object}).name() == name; });
}

std::int32_t crypto_register_alg(Kernel& kernel, GuestAddr algorithm)
{
    if (find_algorithm(kernel, CryptoAlgorithm(kernel, algorithm).name())) return error_code(kernel, Errno::eexist);
    auto* row = append_row<CryptoAlgorithmRow>(kernel);
    if (!row) return error_code(kernel, Errno::enomem);
    row->object = algorithm.value;
    return 0;
}

std::int32_t crypto_unregister_alg(Kernel& kernel, GuestAddr algorithm)
{
    if (!CryptoAlgorithm(kernel, algorithm).module()) throw KernelBug{"crypto_unregister_alg: an algorithm of no module"};
    auto rows = kernel.machine().table<CryptoAlgorithmRow>();
    auto* row = rows.find_if([&](const CryptoAlgorithmRow& r) { return r.object == algorithm.value; });
    if (!row) return error_code(kernel, Errno::enoent);
    rows.erase(*row);
    return 0;
}

/// Whether an algorithm of that name is there whose module is not about to go.
bool is_available(Kernel& kernel, std::string_view name)
{
    const auto* row = find_algorithm(kernel, name);
    if (!row) return false;
    const auto module = CryptoAlgorithm(kernel, {row->object}).module();
    if (!hold_module(kernel, module)) return false;
    release_module(kernel, module);
    return true;
}

/// Asks for the module of that name where the algorithm is not there.
Step crypto_alg_available(Kernel& kernel, Frame& frame, GuestString name, std::uint32_t)
{
    if (!is_available(kernel, name.text) && !frame.phase++) {
        const auto asked = kernel.module_requests().ask(name.text);
        if (asked && *asked) return **asked;
    }
    return Return{is_available(kernel, name.text)};
}

constexpr auto since_2_4_22 = from(LayoutVersion::v2_4_22);

constexpr Export functions[] = {
    full<crypto_register_alg>("crypto_register_alg", since_2_4_22),
    full<crypto_unregister_alg>("crypto_unregister_alg", since_2_4_22),
    full<crypto_alg_available>("crypto_alg_available", since_2_4_22),
    inert<no_object<GuestString, std::uint32_t>>("crypto_alloc_tfm", since_2_4_22),
    inert<do_nothing<GuestAddr>>("crypto_free_tfm", since_2_4_22),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, GuestAddr, std::uint32_t, GuestAddr>>("crypto_hmac", since_2_4_22),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("crypto_hmac_init", since_2_4_22),
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t>>("crypto_hmac_update", since_2_4_22),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("crypto_hmac_final", since_2_4_22),
};

void tell(RowVisitor& visitor, const CryptoAlgorithmRow& row) { visitor.pointer("a struct crypto_alg", row.object); }
constexpr TableKind tables[] = {table<CryptoAlgorithmRow, tell>("/proc/crypto")};
constexpr ProcFile proc_files[] = {proc_file<crypto_text>("/proc/crypto", LayoutVersion::v2_4_22)};

} // namespace

extern const Family linux_crypto{
    .header = "linux/crypto.h", .functions = functions,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
