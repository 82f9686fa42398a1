// SPDX-License-Identifier: GPL-2.0-or-later
// asm/processor.h, asm/hardirq.h and other variables that say what machine this is. Source: arch/i386/kernel/setup.c of
// 2.4; the CPU is the one that the verdicts on archived modules come from.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/uts_version.h"

namespace retromod {
namespace {

constexpr std::uint64_t capabilities = 0x0183fbfd; // fpu vme de pse tsc msr pae mce cx8 sep mtrr pge mca cmov pat mmx fxsr

std::uint64_t cpu_bytes(Kernel& kernel) { return kernel.arch().has_pc_board ? kernel.layouts().size("struct cpuinfo_x86") : 0; }

void init_cpu(Kernel& kernel, GuestAddr at)
{
    if (!kernel.arch().has_pc_board) return;
    GuestStruct cpu(kernel, "struct cpuinfo_x86", at);
    cpu.set("x86", std::uint64_t{6});
    cpu.set("x86_model", std::uint64_t{5});
    cpu.set("x86_mask", std::uint64_t{2});
    cpu.set("wp_works_ok", std::uint64_t{1});
    cpu.set("hlt_works_ok", std::uint64_t{1});
    cpu.set("hard_math", std::uint64_t{1});
    cpu.set("cpuid_level", std::uint64_t{2});
    kernel.memory().store<std::uint32_t>(cpu.address("x86_capability"), capabilities);
    store_string(kernel, cpu.address("x86_vendor_id"), "GenuineIntel");
    store_string(kernel, cpu.address("x86_model_id"), "Celeron (Covington)");
    cpu.set_if_there("loops_per_jiffy", 1'000'000);
}

std::uint64_t irq_stat_bytes(Kernel& kernel) { return 32 * kernel.layouts().size("irq_cpustat_t"); }
/// 2.4.0: the softirqs that have an action.
void init_irq_stat(Kernel& kernel, GuestAddr at)
{
    GuestStruct(kernel, "irq_cpustat_t", at).set_if_there("__softirq_mask", softirq_number::all);
}
constexpr std::uint64_t one_int = 4;
std::uint64_t int_bytes(Kernel&) { return one_int; }
std::uint64_t word_bytes(Kernel& kernel) { return kernel.arch().word_bytes; }

template <std::uint32_t value>
void init_int(Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, value); }

/// struct new_utsname: six texts of 65 bytes.
void init_utsname(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint64_t field = 65;
    const auto& machine = kernel.machine();
    const std::string_view texts[] = {"Linux", "retromod", machine.uts_release(), uts_version(machine), kernel.arch().utsname,
                                      "(none)"};
    for (std::size_t i = 0; i < std::size(texts); ++i) store_string(kernel, at + i * field, texts[i].substr(0, field - 1));
}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr DataExport data[] = {
    {"boot_cpu_data", cpu_bytes, init_cpu},
    {"cpu_data", cpu_bytes, init_cpu},
    {"irq_stat", irq_stat_bytes, init_irq_stat, since_2_4},
    {"local_bh_count", int_bytes, nullptr, only_2_2},
    {"local_irq_count", int_bytes, nullptr, only_2_2},
    {"smp_num_cpus", int_bytes, init_int<1>},
    {"cpu_khz", word_bytes, [](Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, 200'000); }, v18},
    {"MCA_bus", int_bytes},
    {"EISA_bus", int_bytes},
    {"system_utsname", [](Kernel&) -> std::uint64_t { return 6 * 65; }, init_utsname},
    {"pm_idle", word_bytes, nullptr, since_2_4},
    {"pm_power_off", word_bytes, nullptr, since_2_4},
    {"pm_active", int_bytes, nullptr, since_2_4},
    {"event", word_bytes},
    {"securebits", int_bytes},
    {"noautodma", int_bytes, nullptr, since_2_4},
    {"rtc_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("spinlock_t"); }, nullptr, since_2_4},
    {"screen_info", [](Kernel&) -> std::uint64_t { return 64; }},
    {"drive_info", [](Kernel&) -> std::uint64_t { return 32; }},
    {"kernel_flag_cacheline", [](Kernel&) -> std::uint64_t { return 32; }, nullptr, v18},
    {"tasklist_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("rwlock_t"); }},
    {"dcache_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("spinlock_t"); }, nullptr, since_2_4},
    {"tqueue_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("spinlock_t"); }},
    {"dev_base_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("rwlock_t"); }, nullptr, since_2_4},
    {"files_lock", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("spinlock_t"); }, nullptr, since_2_4},
    {"kstat", [](Kernel&) -> std::uint64_t { return 4096; }},
    {"init_mm", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct mm_struct"); }, nullptr, since_2_4},
    {"empty_zero_page", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().page_bytes; }, nullptr, since_2_4},
};

} // namespace

extern const Family asm_processor{.header = "asm/processor.h", .data = data};

} // namespace retromod
