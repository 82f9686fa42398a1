// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/fsck.h"

#include "emu/machine/dirty_pages.h"
#include "emu/machine/machine_check.h"
#include "emu/machine/machine_opening.h"
#include "emu/machine/recount.h"

#include <fmt/format.h>

#include <fcntl.h>

#include <optional>

namespace retromod {
namespace {

using State = Finding::State;

/// One check of one machine file, with the locks that it needs.
class Fsck {
public:
    Fsck(const MachineFile& file, Repair repair, const ContentCheck& more, Findings& findings)
        : path_(file.path()), options_(file.options()), repair_(repair), more_(more), findings_(findings)
    {
    }

    void run()
    {
        auto machine = open_machine_file(path_, repair_ == Repair::yes ? O_RDWR : O_RDONLY);
        std::optional<WriterLock> writer;
        if (repair_ == Repair::yes) writer.emplace(path_, options_.wait);
        CommitLock lock(path_);
        CommitLockGuard guard(lock, repair_ == Repair::yes ? LockMode::exclusive : LockMode::shared, options_.wait);
        machine = open_machine_file(path_, repair_ == Repair::yes ? O_RDWR : O_RDONLY); // it may be another one now
        if (!check_journal(machine)) return;
        check_contents(machine);
    }

private:
    /// False when the machine's contents only mean something after a commit has been finished.
    bool check_journal(HostFile& machine)
    {
        auto journal = Journal::open_for_reading(path_ + ".journal");
        if (!journal) return true;
        try {
            if (!journal->is_complete()) return true;
            journal->verify(machine);
        } catch (const MachineDamaged& damage) {
            note(std::string(damage.what()) + (repair_ == Repair::yes ? ": discarded" : ""));
            if (repair_ == Repair::yes) Journal(path_ + ".journal").discard();
            return true;
        }
        note("a commit was cut short; its journal is whole: the next command or --repair finishes it");
        if (repair_ == Repair::no) return false;
        Journal(path_ + ".journal").recover(machine, options_.durability);
        return true;
    }

    void check_contents(HostFile& machine)
    {
        const PrivateCopy copy(machine);
        const auto mapping = copy.bytes();
        std::set<std::uint64_t> written;
        auto& header = *reinterpret_cast<MachineHeader*>(mapping.data());
        if (header.applying) {
            note("a commit was cut short and its journal is gone: some of its pages are written, others may not be");
            header.applying = 0;
            written.insert(0);
        }
        check_machine_shape(mapping);
        recount(mapping, host_page_bytes(), findings_, written);
        Machine contents(mapping);
        if (repair_ == Repair::yes && !written.empty()) write(machine, mapping, written);
        if (repair_ == Repair::yes)
            for (auto& finding : findings_) finding.state = State::repaired;
        if (more_) more_(contents, findings_);
    }

    void note(std::string text) { findings_.push_back({State::repairable, std::move(text)}); }

    /// Writes these pages as one commit.
    void write(HostFile& machine, std::span<std::byte> mapping, std::set<std::uint64_t>& written)
    {
        written.insert(0);
        auto& header = *reinterpret_cast<MachineHeader*>(mapping.data());
        ++header.generation;
        const std::vector<std::uint64_t> numbers(written.begin(), written.end());
        const auto page_bytes = host_page_bytes();
        const Commit commit{header.identity, header.generation, page_bytes, page_writes(mapping, numbers, page_bytes)};
        Journal journal(path_ + ".journal");
        journal.write_body(commit, options_.durability);
        reserve_space(machine, commit);
        journal.complete(options_.durability);
        apply(machine, commit);
        if (options_.durability == Durability::power_failure) machine.sync();
        journal.finish();
    }

    const std::string& path_;
    const MachineFileOptions& options_;
    Repair repair_;
    const ContentCheck& more_;
    Findings& findings_;
};

} // namespace

Findings check_machine_file(const MachineFile& file, Repair repair, const ContentCheck& more)
{
    Findings findings;
    try {
        Fsck(file, repair, more, findings).run();
    } catch (const MachineDamaged& damage) {
        findings.push_back({State::beyond_repair, damage.what()});
    }
    for (auto& finding : findings)
        if (!finding.text.starts_with(file.path())) finding.text = fmt::format("{}: {}", file.path(), finding.text);
    return findings;
}

} // namespace retromod
