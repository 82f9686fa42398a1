// SPDX-License-Identifier: GPL-2.0-or-later
// Takes the input as damage to a booted machine with a module in it, or as its journal, and does what commands do when
// they open it: the checks, the take-up of the kernel, fsck, the calls that only ask, the files of /proc. Checked: no
// crash, no hang; damage is refused by exceptions, or harmless.
// Input: first byte even: records of 4 bytes place (in the machine's bytes that are not zero), 1 byte length, the bytes.
// First byte odd: the journal, whose checksum is put right first.
#include "emu/exports/standard_exports.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_check.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"
#include "emu/machine/journal.h"
#include "emu/machine/machine_check.h"
#include "emu/machine/recount.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/api/session.h"
#include "tests/overlooked_leaks.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

using namespace retromod;

namespace {

constexpr std::size_t page = 4096;

/// A good machine, to be damaged and made good again.
class Subject {
public:
    Subject()
    {
        auto session = Session::in_memory({.memory_bytes = 16 << 20});
        auto& calls = session.calls();
        const auto at = calls.create_module("fuzzed", 4096);
        session.kernel().modules().view({at.word}).set(ModuleField::flags, module_flag::running);
        session.kernel().log().write("<6>a line\n");
        const auto good = session.machine().mapping();
        void* memory = ::mmap(nullptr, good.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) std::abort();
        ::madvise(memory, good.size(), MADV_HUGEPAGE); // the checks read megabytes of zeros
        bytes_ = {static_cast<std::byte*>(memory), good.size()};
        for (std::size_t start = 0; start < good.size(); start += page) {
            const auto* from = good.data() + start;
            if (from[0] == std::byte{0} && std::memcmp(from, from + 1, page - 1) == 0) continue;
            pages_.push_back(start);
            contents_.insert(contents_.end(), from, from + page);
        }
    }

    std::span<std::byte> fresh()
    {
        ::madvise(bytes_.data(), bytes_.size(), MADV_DONTNEED);
        for (std::size_t i = 0; i < pages_.size(); ++i) std::memcpy(bytes_.data() + pages_[i], contents_.data() + i * page, page);
        return bytes_;
    }
    void damage(std::uint32_t place, std::span<const std::uint8_t> with)
    {
        for (std::size_t i = 0; i < with.size(); ++i) {
            const auto at = (place + i) % contents_.size();
            bytes_[pages_[at / page] + at % page] = static_cast<std::byte>(with[i]);
        }
    }

private:
    std::span<std::byte> bytes_;
    std::vector<std::size_t> pages_; ///< where the pages that are not zero lie
    std::vector<std::byte> contents_;
};

template <class Work>
void guarded(Work work)
{
    try {
        work();
    } catch (const std::exception&) {
    } catch (const KernelFault&) {
    } catch (const KernelHang&) {
    } catch (const KernelBug&) {
    } catch (const CallStopped&) {
    }
}

void use(std::span<std::byte> bytes)
{
    Machine machine(bytes);
    Findings findings;
    guarded([&] { check_kernel(machine, standard_exports(), findings); });
    BufferedUserMemory user(machine.arch());
    machine.memory().set_user_memory(&user);
    Kernel kernel(machine, standard_exports());
    KernelCalls calls(kernel, user);
    calls.set_limits({.blocks = 10'000});
    std::vector<std::byte> buffer(1 << 16);
    for (const auto query : {Query::modules, Query::symbols}) guarded([&] { calls.query_module(std::nullopt, query, buffer); });
    for (const auto query : {Query::deps, Query::refs, Query::symbols, Query::info})
        guarded([&] { calls.query_module("fuzzed", query, buffer); });
    guarded([&] { calls.get_kernel_syms({}); });
    guarded([&] { kernel.log().text(); });
    guarded([&] { kernel.threads().describe(); });
    for (const auto path : kernel_text_paths(kernel)) guarded([&] { static_cast<void>(kernel_text(kernel, path)); });
    guarded([&] { calls.create_module("second", 8192); });
    guarded([&] { calls.delete_module("fuzzed"); });
    guarded([&] { kernel.scheduler().settle(2); });
}

void try_machine(Subject& subject, std::span<const std::uint8_t> input)
{
    const auto bytes = subject.fresh();
    while (input.size() >= 5) {
        std::uint32_t place;
        std::memcpy(&place, input.data(), sizeof place);
        const auto count = std::min<std::size_t>(input[4], input.size() - 5);
        subject.damage(place, input.subspan(5, count));
        input = input.subspan(5 + count);
    }
    guarded([&] { use(bytes); });
    guarded([&] {
        Findings findings;
        std::set<std::uint64_t> written;
        check_machine_shape(bytes);
        recount(bytes, page, findings, written);
        if (findings.empty()) return; // as it was used already
        findings.clear();
        recount(bytes, page, findings, written);
        if (!findings.empty()) std::abort(); // counted anew, nothing is left to count
        use(bytes);
    });
}

void try_journal(Subject& subject, std::span<const std::uint8_t> input)
{
    constexpr std::size_t checksum_at = 20;
    std::vector<std::uint8_t> journal(input.begin(), input.end());
    if (journal.size() >= journal_header_bytes) {
        std::memset(journal.data() + checksum_at, 0, 4);
        const auto sum = static_cast<std::uint32_t>(::crc32(0, journal.data(), static_cast<uInt>(journal.size())));
        std::memcpy(journal.data() + checksum_at, &sum, sizeof sum);
    }
    const int journal_file = ::memfd_create("journal", MFD_CLOEXEC), machine_file = ::memfd_create("machine", MFD_CLOEXEC);
    const auto path_of = [](int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); };
    const auto start = subject.fresh().first(16 * page);
    guarded([&] {
        HostFile machine(path_of(machine_file), 2 /* O_RDWR */);
        machine.write(start, 0);
        if (::write(journal_file, journal.data(), journal.size()) < 0) return;
        Journal(path_of(journal_file)).recover(machine, Durability::process_death);
    });
    ::close(journal_file);
    ::close(machine_file);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static Subject subject;
    if (size == 0) return 0;
    const std::span input(data + 1, size - 1);
    if (data[0] % 2 == 0) try_machine(subject, input);
    else try_journal(subject, input);
    return 0;
}
