// SPDX-License-Identifier: GPL-2.0-or-later
// What the machine file costs: opening it, reading it, and a commit of pages, beside SQLite with one row per page as the
// reference for a commit. Medians of rounds taken in turns. Ends with 1 where a budget is broken: opening within 2 ms, a
// fresh machine under 4 MB on the disk, a machine in memory within 1 ms.
#include "emu/machine/machine_file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <vector>

using namespace retromod;

namespace {

constexpr int rounds = 60;
constexpr unsigned pages = 16; ///< that a commit writes: about what insmod of a small module does
constexpr std::size_t page_bytes = 4096;

class Samples {
public:
    template <class Work>
    void take(Work work)
    {
        const auto start = std::chrono::steady_clock::now();
        work();
        milliseconds_.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    double print(std::string_view name)
    {
        std::ranges::sort(milliseconds_);
        const auto at = [&](double part) {
            return milliseconds_[static_cast<std::size_t>(part * static_cast<double>(milliseconds_.size() - 1))];
        };
        fmt::print("{:<44} median {:8.3f} ms   10% {:8.3f}   90% {:8.3f}\n", name, at(.5), at(.1), at(.9));
        return at(.5);
    }

private:
    std::vector<double> milliseconds_;
};

/// SQLite as one would keep pages in it.
class Database {
public:
    Database(const std::string& path, const char* synchronous)
    {
        if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) std::exit(2);
        run("PRAGMA journal_mode=WAL");
        run(fmt::format("PRAGMA synchronous={}", synchronous));
        run("CREATE TABLE page (number INTEGER PRIMARY KEY, contents BLOB)");
        sqlite3_prepare_v2(database_, "INSERT OR REPLACE INTO page VALUES (?, ?)", -1, &store_, nullptr);
    }
    ~Database()
    {
        sqlite3_finalize(store_);
        sqlite3_close(database_);
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void commit(int value)
    {
        const std::vector<char> contents(page_bytes, static_cast<char>(value));
        run("BEGIN");
        for (unsigned number = 0; number < pages; ++number) {
            sqlite3_bind_int(store_, 1, static_cast<int>(number));
            sqlite3_bind_blob(store_, 2, contents.data(), static_cast<int>(contents.size()), SQLITE_STATIC);
            sqlite3_step(store_);
            sqlite3_reset(store_);
        }
        run("COMMIT");
    }

private:
    void run(const std::string& text)
    {
        if (sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) std::exit(2);
    }
    sqlite3* database_ = nullptr;
    sqlite3_stmt* store_ = nullptr;
};

void write_pages(Machine& machine, int value)
{
    for (unsigned number = 0; number < pages; ++number)
        machine.memory().store<std::uint32_t>({0xc0200000 + number * page_bytes}, static_cast<std::uint32_t>(value));
}

} // namespace

int main()
{
    auto folder = (std::filesystem::current_path() / "machine-bench-XXXXXX").string();
    if (!::mkdtemp(folder.data())) return 2;
    const MachineFile file(folder + "/machine"), durable(folder + "/machine", {.durability = Durability::power_failure});
    {
        auto transaction = file.create({});
        write_pages(transaction.machine(), 1);
        transaction.commit();
    }
    struct stat found{};
    ::stat(file.path().c_str(), &found);
    Samples fresh, open, read, commit, durable_commit, database_commit, durable_database_commit;
    {
        Database database(folder + "/off.db", "OFF"), durable_database(folder + "/full.db", "FULL");
        for (int round = 2; round < rounds + 2; ++round) {
            fresh.take([] { Machine machine; });
            open.take([&] { file.begin(); });
            read.take([&] { file.read(); });
            commit.take([&, transaction = file.begin()]() mutable {
                write_pages(transaction.machine(), round);
                transaction.commit();
            });
            durable_commit.take([&, transaction = durable.begin()]() mutable {
                write_pages(transaction.machine(), -round);
                transaction.commit();
            });
            database_commit.take([&] { database.commit(round); });
            durable_database_commit.take([&] { durable_database.commit(round); });
        }
    }
    const auto in_memory = fresh.print("a machine in memory");
    const auto opened = open.print("open for a change");
    read.print("open to look (a copy of all its data)");
    const auto ours = commit.print(fmt::format("commit of {} pages", pages));
    const auto reference = database_commit.print("SQLite, synchronous=OFF");
    const auto ours_durable = durable_commit.print(fmt::format("commit of {} pages, --durable", pages));
    const auto reference_durable = durable_database_commit.print("SQLite, synchronous=FULL, WAL");
    const auto on_disk = static_cast<std::uint64_t>(found.st_blocks) * 512;
    fmt::print("commit / SQLite = {:.2f}; durable {:.2f}; {} KB on the disk\n", ours / reference, ours_durable / reference_durable,
               on_disk >> 10);
    std::filesystem::remove_all(folder);
    const bool kept = in_memory <= 1 && opened <= 2 && on_disk < (4 << 20);
    fmt::print("budgets: {}\n", kept ? "kept" : "BROKEN");
    return kept ? 0 : 1;
}
