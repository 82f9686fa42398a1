// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_file.h"

#include "emu/machine/dirty_pages.h"
#include "emu/machine/machine_opening.h"
#include "emu/machine/machine_window.h"
#include "emu/machine/mapping_guard.h"
#include "emu/memory/guest_window.h"

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

namespace retromod {
namespace {

namespace bip = boost::interprocess;

/// Maps a whole file copy-on-write.
bip::mapped_region map_private(const HostFile& file)
{
    try {
        const bip::file_mapping mapping(file.path().c_str(), bip::read_only);
        return {mapping, bip::copy_on_write, 0, file.size(), nullptr, MAP_NORESERVE};
    } catch (const bip::interprocess_exception& error) {
        throw std::system_error(error.get_native_error(), std::generic_category(), file.path() + ": cannot map");
    }
}

} // namespace

struct Transaction::State {
    State(std::string machine_path, MachineFileOptions file_options)
        : path(std::move(machine_path)), options(std::move(file_options)), writer_lock(path, options.wait),
          commit_lock(path), journal(path + ".journal")
    {
    }
    ~State();

    void map();
    void check_whole() const;
    void write_commit(const Commit& commit);
    void publish(const Commit& commit);
    std::vector<PageWrite> written_pages();
    void forget_copies(std::span<const PageWrite> pages);
    bool is_published() const { return file.path() == path; }
    void map_file();
    void show_in_window();
    std::vector<MachinePart> parts() { return machine_parts(bytes()); }
    std::span<std::byte> bytes() { return {static_cast<std::byte*>(region.get_address()), region.get_size()}; }

    std::string path;
    MachineFileOptions options;
    WriterLock writer_lock;
    bool parked = false;                   ///< the writer lock is not held
    std::uint64_t parked_generation = 0;   ///< the machine's when we parked
    CommitLock commit_lock;
    Journal journal;
    HostFile file;                         ///< of another name until a fresh machine's first commit
    bip::mapped_region region;
    std::vector<MappingGuard> guards;      ///< of `region`, and of what was moved out of it
    std::unique_ptr<Machine> machine;
    DirtyPages dirty_pages;
    ::pid_t maker = ::getpid();
};

Transaction::State::~State()
{
    GuestWindow::release(bytes().data());
    if (file && !is_published() && maker == ::getpid()) ::unlink(file.path().c_str());
}

void Transaction::State::map()
{
    machine.reset();
    file = open_machine_file(path, O_RDWR);
    map_file();
    show_in_window();
    machine = attach_machine(path, bytes());
}

void Transaction::State::map_file()
{
    GuestWindow::release(bytes().data());
    region = map_private(file);
    guards.clear();
    guards.emplace_back(bytes());
}

/// Moves the guest's memory to where an engine of our own needs it. The mapping must hold a machine's header.
void Transaction::State::show_in_window()
{
    move_into_window(bytes());
    const auto moved = parts();
    for (std::size_t part = 1; part < moved.size(); ++part) guards.emplace_back(moved[part].bytes);
}

/// The machine's file may have been cut short since it was opened.
void Transaction::State::check_whole() const
{
    const auto size = file.size();
    if (size < region.get_size())
        throw MachineDamaged(fmt::format("{}: cut short to {} bytes while it was open: nothing was kept", path, size));
    if (std::ranges::any_of(guards, &MappingGuard::is_broken))
        throw MachineDamaged(path + ": a part of it could not be read (its disk is full or fails): nothing was kept");
}

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

Transaction MachineFile::begin() const
{
    open_machine_file(path_, O_RDWR); // before a lock file is made for something that is no machine
    auto state = std::make_unique<Transaction::State>(path_, options_);
    finish_pending_commit(state->journal, state->commit_lock, path_, options_);
    state->map();
    return Transaction(std::move(state));
}

Transaction MachineFile::create(const MachineOptions& machine) const
{
    const auto bytes = Machine::mapping_bytes(machine); // refuses options before anything is made
    generation_to_replace(path_);
    auto state = std::make_unique<Transaction::State>(path_, options_);
    const auto generation = generation_to_replace(path_);
    finish_or_discard(state->journal, state->commit_lock, path_, options_);
    const auto fresh = path_ + ".new";
    remove_unfinished(fresh);
    state->file = HostFile(fresh, O_RDWR | O_CREAT | O_EXCL);
    state->file.set_size(bytes);
    state->map_file();
    Machine::format(state->bytes(), machine);
    state->show_in_window();
    state->machine = attach_machine(path_, state->bytes());
    state->machine->header().generation = generation;
    state->machine->header().identity = random_identity();
    return Transaction(std::move(state));
}

Machine& Transaction::machine()
{
    assert(state_->machine);
    return *state_->machine;
}

bool Transaction::commit()
{
    auto& state = *state_;
    state.check_whole();
    if (state.is_published())
        finish_pending_commit(state.journal, state.commit_lock, state.file, state.options); // if writing the last one failed
    auto pages = state.written_pages();
    if (pages.empty()) return false;
    if (pages.front().number != 0) pages.insert(pages.begin(), PageWrite{0, state.bytes().data()});
    auto& header = state.machine->header();
    ++header.generation;
    const Commit commit{header.identity, header.generation, host_page_bytes(), std::move(pages)};
    try {
        if (state.is_published()) state.write_commit(commit);
        else state.publish(commit);
    } catch (...) {
        if (!state.journal.is_complete()) --header.generation;
        throw;
    }
    state.forget_copies(commit.pages);
    return true;
}

void Transaction::State::write_commit(const Commit& commit)
{
    const auto durability = options.durability;
    try {
        journal.write_body(commit, durability);
        reserve_space(file, commit);
    } catch (const std::system_error&) {
        journal.discard(); // on a full disk, its space is missed
        throw;
    }
    CommitLockGuard guard(commit_lock, LockMode::exclusive, options.wait);
    journal.complete(durability);
    try {
        apply(file, commit);
        const bool durable = durability == Durability::power_failure;
        if (durable && ::fdatasync(file.descriptor()) != 0) return; // the journal, which is on the disk, stays
        journal.finish();
    } catch (const std::system_error& error) {
        throw std::system_error(error.code(), fmt::format("{}: committed, but not all is written yet (the next command will): {}",
                                                          path, error.what()));
    }
}

/// A fresh machine's first commit: nobody sees the file yet, so it needs no journal.
void Transaction::State::publish(const Commit& commit)
{
    apply(file, commit);
    if (options.durability == Durability::power_failure) file.sync();
    CommitLockGuard guard(commit_lock, LockMode::exclusive, options.wait);
    generation_to_replace(path); // what is there may be another since we looked
    move_into_place(file, path, options.durability);
}

/// What this process wrote, by ascending page of the file.
std::vector<PageWrite> Transaction::State::written_pages()
{
    if (const auto* const window = GuestWindow::of(bytes().data())) window->show_to_host();
    const auto page_bytes = host_page_bytes();
    std::vector<PageWrite> pages;
    for (const auto& part : parts()) {
        const auto numbers = dirty_pages.find(part.bytes, file, part.offset);
        for (auto page : page_writes(part.bytes, numbers, page_bytes)) {
            page.number += part.offset / page_bytes;
            pages.push_back(page);
        }
    }
    return pages;
}

/// The file holds now what our copies of these pages do: without them, the next commit need not write them again.
void Transaction::State::forget_copies(std::span<const PageWrite> pages)
{
    const auto page_bytes = host_page_bytes();
    for (const auto& part : parts()) {
        const auto base = part.offset / page_bytes, end = base + part.bytes.size() / page_bytes;
        for (std::size_t first = 0, next; first < pages.size(); first = next) {
            const auto start = pages[first].number;
            for (next = first + 1; next < pages.size() && pages[next].number == start + (next - first);) ++next;
            if (start < base || start >= end) continue;
            next = std::min<std::size_t>(next, first + (end - start));
            ::madvise(part.bytes.data() + (start - base) * page_bytes, (next - first) * page_bytes, MADV_DONTNEED);
        }
    }
}

void Transaction::rollback()
{
    auto& state = *state_;
    if (!state.is_published()) throw std::logic_error("a machine that was never committed has no state to go back to");
    state.map();
}

void Transaction::park(std::uint32_t process)
{
    auto& state = *state_;
    commit();
    state.parked_generation = state.machine->header().generation;
    state.writer_lock.hold_process(process);
    state.writer_lock.release();
    state.parked = true;
}

void Transaction::show_alive(std::uint32_t process) { state_->writer_lock.hold_process(process); }

bool Transaction::wait_for_others(std::chrono::milliseconds timeout, const std::function<bool()>& interrupted) const
{
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds longest_pause{10};
    const auto& state = *state_;
    const auto end = Clock::now() + timeout;
    const auto unchanged = [&] {
        return read_machine_header(state.file).generation == state.parked_generation && state.file.still_named();
    };
    for (std::chrono::milliseconds pause{1}; unchanged(); pause = std::min(2 * pause, longest_pause)) {
        if (Clock::now() >= end || (interrupted && interrupted())) return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

void Transaction::resume()
try {
    auto& state = *state_;
    if (!state.parked) return;
    state.writer_lock.retake(state.options.wait);
    state.parked = false;
    if (!state.file.still_named()) throw std::runtime_error("another machine has taken its place");
    finish_pending_commit(state.journal, state.commit_lock, state.file, state.options);
    // Our copies of pages go: what shows then is the file.
    for (const auto& part : state.parts())
        if (::madvise(part.bytes.data(), part.bytes.size(), MADV_DONTNEED) != 0) state.file.fail("cannot be mapped anew");
    state.machine->refresh();
} catch (const std::system_error&) {
    throw;
} catch (const std::runtime_error& error) {
    throw std::runtime_error(state_->path + ": " + error.what());
}

bool Transaction::has_owner(std::uint32_t process) const { return state_->writer_lock.process_is_held(process); }

void Transaction::enter_child() { state_->dirty_pages = DirtyPages(); }

bool Transaction::committed_since(std::uint64_t generation) const
{
    if (!state_->machine || !state_->is_published()) return false;
    return state_->journal.is_complete() || read_machine_header(state_->file).generation != generation;
}

} // namespace retromod
