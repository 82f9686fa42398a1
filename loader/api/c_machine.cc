// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/c_machine.h"

#include "loader/api/failure_sentence.h"

#include "emu/kernel/boot_options.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>
#include <system_error>

namespace retromod {
namespace {

constexpr std::size_t most_text = 1 << 20; ///< bytes that come out of a jailed child

/// Memory that a forked child shares with us: how its work ended, what it read, and its user memory.
class SharedAnswer {
public:
    explicit SharedAnswer(std::uint64_t user_bytes) : bytes_(sizeof(Head) + most_text + user_bytes)
    {
        memory_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory_ == MAP_FAILED) throw std::bad_alloc();
    }
    ~SharedAnswer() { ::munmap(memory_, bytes_); }
    SharedAnswer(const SharedAnswer&) = delete;
    SharedAnswer& operator=(const SharedAnswer&) = delete;

    void put(const CAnswer& answer)
    {
        auto& to = head();
        to.kind = answer.kind;
        to.word = answer.word;
        put_text(to.what, to.what_bytes, sizeof to.what, answer.what);
        put_text(text(), to.text_bytes, most_text, answer.text);
        to.state = State::done;
    }
    void put_failure(std::string_view why)
    {
        auto& to = head();
        put_text(to.what, to.what_bytes, sizeof to.what, why);
        to.state = State::failed;
    }
    /// Throws what the child's work threw, as far as its text goes.
    CAnswer take() const
    {
        const auto& from = head();
        const std::string what(from.what, std::min<std::size_t>(from.what_bytes, sizeof from.what));
        if (from.state != State::done) throw std::runtime_error(what.empty() ? "the jailed process left no answer" : what);
        return {from.kind, from.word, what, std::string(text(), std::min<std::size_t>(from.text_bytes, most_text))};
    }
    std::byte* user() { return static_cast<std::byte*>(memory_) + sizeof(Head) + most_text; }

private:
    enum class State : std::uint32_t { empty, done, failed };
    struct Head {
        State state;
        Outcome::Kind kind;
        std::uint64_t word;
        std::uint64_t what_bytes, text_bytes;
        char what[4096];
    };
    static void put_text(char* into, std::uint64_t& bytes, std::size_t room, std::string_view text)
    {
        bytes = std::min(text.size(), room);
        std::memcpy(into, text.data(), bytes);
    }
    Head& head() const { return *static_cast<Head*>(memory_); }
    char* text() const { return static_cast<char*>(memory_) + sizeof(Head); }

    std::uint64_t bytes_;
    void* memory_;
};

/// Whether what was done up to then stays, as a process would leave it.
bool is_kept(Outcome::Kind kind)
{
    using enum Outcome::Kind;
    return kind == done || kind == oops || kind == bug || kind == dead;
}

} // namespace

// --- places -----------------------------------------------------------------------------------------------------------

/// That this process works on a machine file: with a second session of it, it would wait for itself.
class CMachine::Claim {
public:
    explicit Claim(const std::string& file) : key_(std::filesystem::weakly_canonical(file))
    {
        const std::lock_guard guard(mutex());
        if (!claimed().insert(key_).second)
            throw std::runtime_error(fmt::format("{}: this process has that machine open already", file));
    }
    ~Claim()
    {
        const std::lock_guard guard(mutex());
        claimed().erase(key_);
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

private:
    static std::mutex& mutex()
    {
        static std::mutex mutex;
        return mutex;
    }
    static std::set<std::string>& claimed()
    {
        static std::set<std::string> claimed;
        return claimed;
    }
    std::string key_;
};

CMachine::CMachine(Session session, std::optional<std::string> file, std::unique_ptr<Claim> claim)
    : claim_(std::move(claim)), file_(std::move(file)), session_(std::move(session)), arch_(&session_->arch()), user_(*arch_)
{
}

CMachine::~CMachine() = default;

std::unique_ptr<CMachine> CMachine::boot(const Place& place, const MachineOptions& machine, const BootOptions& boot)
{
    auto folder = !place.file && place.jail ? std::make_unique<TemporaryFolder>() : nullptr;
    const auto file = folder ? std::optional((folder->path() / "machine").string()) : place.file;
    auto claim = file ? std::make_unique<Claim>(*file) : nullptr;
    auto session = file ? Session::boot(*file, machine, boot) : Session::in_memory(machine, boot);
    session.commit();
    std::unique_ptr<CMachine> made(new CMachine(std::move(session), file, std::move(claim)));
    made->folder_ = std::move(folder);
    made->jail_ = place.jail;
    return made;
}

std::unique_ptr<CMachine> CMachine::open(const std::string& file)
{
    if (!MachineFile(file).exists()) throw std::runtime_error(fmt::format("{}: no machine there", file));
    auto claim = std::make_unique<Claim>(file);
    std::unique_ptr<CMachine> made(new CMachine(Session::change(file), file, std::move(claim)));
    made->jail_ = true;
    return made;
}

bool CMachine::set_jail(bool on)
{
    if (on && !file_) return false;
    jail_ = on;
    return true;
}

// --- work -------------------------------------------------------------------------------------------------------------

CAnswer CMachine::perform(const std::function<CAnswer(Session&)>& work)
{
    return jail_ ? perform_jailed(work) : perform_here(work);
}

CAnswer CMachine::perform_here(const std::function<CAnswer(Session&)>& work)
try {
    const auto answer = work(session());
    if (is_kept(answer.kind)) session().commit();
    else roll_back();
    return answer;
} catch (...) {
    roll_back();
    throw;
}

CAnswer CMachine::perform_jailed(const std::function<CAnswer(Session&)>& work)
{
    SharedAnswer shared(user_.changeable_bytes());
    const auto result = session().run_jailed([&](Session& session) {
        try {
            const auto answer = work(session);
            user_.save(shared.user());
            if (is_kept(answer.kind)) session.commit();
            shared.put(answer);
            return 0;
        } catch (const std::bad_alloc&) {
            throw;
        } catch (...) {
            shared.put_failure(failure_sentence());
            return 1;
        }
    });
    if (result.died) throw std::runtime_error("the jailed process that runs the guest died: " + result.reason);
    auto answer = shared.take();
    user_.restore(shared.user());
    return answer;
}

CAnswer CMachine::call(const SystemCall& call, UserFiles* files)
{
    return perform([&](Session& session) -> CAnswer {
        const UserBuffers cleared(session.calls().user_memory());
        user_.place(session.calls().user_memory());
        auto& kernel = session.kernel();
        if (kernel.module_loader()) ModernKernel::of(kernel).set_user_files(files);
        auto outcome = kernel.scheduler().call(call, {.cap_sys_module = capable}, limits);
        if (kernel.module_loader()) ModernKernel::of(kernel).set_user_files(nullptr);
        user_.take_back(session.calls().user_memory());
        return {outcome.kind, outcome.result.word, std::move(outcome.what), {}};
    });
}

Session& CMachine::session()
{
    if (!session_) throw std::runtime_error("the machine is not open any more");
    return *session_;
}

/// Back to the last commit; a machine in memory has none.
void CMachine::roll_back()
{
    if (!file_) return;
    session_.reset();
    session_.emplace(Session::change(*file_));
}

} // namespace retromod
