// SPDX-License-Identifier: GPL-2.0-or-later
// The new side of a comparison: kmod hands the file over, and the kernel links the module.
#include "emu/abi/errno_or.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/comparison/comparison_side.h"
#include "loader/explain/modern_refusal.h"
#include "loader/kmod/kmod.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace retromod {
namespace {

class ModernSide final : public ComparisonSide, private ModernCalls {
public:
    explicit ModernSide(Session session) : ComparisonSide(std::move(session)) {}

protected:
    void insmod(const ComparedAction& action, const std::vector<std::byte>& image) override
    {
        const auto file = action.module.path.substr(action.module.path.rfind('/') + 1);
        column().did.push_back(fmt::format("$ insmod {}{}{}{}", action.on ? "-f " : "", file, action.arguments.empty() ? "" : " ",
                                           fmt::join(action.arguments, " ")));
        run([&](const KmodSinks& sinks) {
            return kmod_insmod_image({file, action.arguments, action.on, false}, image, *this, sinks);
        });
    }

    void rmmod(const ComparedAction& action) override
    {
        column().did.push_back(fmt::format("$ rmmod {}{}", action.on ? "-f " : "", action.word));
        run([&](const KmodSinks& sinks) { return kmod_rmmod({{action.word}, action.on, false}, *this, sinks); });
    }

    void lsmod() override
    {
        run([&](const KmodSinks& sinks) { return kmod_lsmod(*this, sinks); });
    }

    ErrnoOr<std::string> read_file(const std::string& path) override
    {
        if (auto text = read_file(std::string_view(path))) return text;
        else if (text.error() != Errno::enoent) return text;
        auto file = read_guest_file(session().kernel(), path);
        if (file.outcome.kind != Outcome::Kind::done) throw CallStopped{"read", file.outcome};
        if (const auto error = file.outcome.result.error(session().arch())) return *error;
        return std::move(file.text);
    }

    ErrnoOr<std::size_t> write_file(const std::string& path, const std::string& text) override
    {
        return ModernKernel::of(session().kernel()).write_file(path, text);
    }

    std::string check_of(std::string_view call, SyscallResult result) override
    {
        return modern_check(call, result, {}, logged(), session().arch());
    }

    std::vector<std::string> modules() override
    {
        std::vector<std::string> lines;
        for (const auto& line : lines_of(ModernKernel::of(session().kernel()).proc_modules(true))) {
            std::istringstream words(line);
            std::string name, size, count, users, state, address, taints;
            words >> name >> size >> count >> users >> state >> address >> taints;
            lines.push_back(fmt::format("{} {}{}{}{}", name, count, users == "-" ? "" : " " + users,
                                        state == "Live" ? "" : " " + state, taints.empty() ? "" : " " + taints));
        }
        return lines;
    }

    std::string taint() override { return taint_letters(session().kernel().state().tainted); }

private:
    // The calls that kmod makes, told of as they are made.
    ModernKernelCalls calls() { return {session().kernel(), session().calls()}; }

    SyscallResult init_module(std::span<const std::byte> image, std::optional<std::string_view> params) override
    {
        return noted("init_module", fmt::format("{{{} bytes}}, {}, \"{}\"", image.size(), image.size(), params.value_or("")),
                     [&] { return calls().init_module(image, params); });
    }
    SyscallResult finit_module(std::span<const std::byte> file, std::optional<std::string_view> params,
                               std::uint32_t flags) override
    {
        return noted("finit_module", fmt::format("3, \"{}\", {}", params.value_or(""), flags),
                     [&] { return calls().finit_module(file, params, flags); });
    }
    SyscallResult delete_module(std::optional<std::string_view> name, std::uint32_t flags) override
    {
        const auto words = fmt::format("\"{}\", O_NONBLOCK{}", name.value_or(""), flags & modern_flag::truncate ? "|O_TRUNC" : "");
        return noted("delete_module", words, [&] { return calls().delete_module(name, flags); });
    }
    ErrnoOr<std::string> read_file(std::string_view path) override { return calls().read_file(path); }
    ErrnoOr<std::vector<std::string>> list_folder(std::string_view path) override { return calls().list_folder(path); }
    const Arch& arch() const override { return const_cast<ModernSide*>(this)->session().arch(); }

    template <class Call>
    SyscallResult noted(std::string_view name, const std::string& arguments, Call call)
    {
        SyscallResult result;
        std::string ran;
        {
            RoutineWatch watch(session().kernel());
            result = call();
            ran = watch.ran;
        }
        // kmod goes on with init_module where there is no finit_module: that one decides.
        const bool goes_on = name == "finit_module" && result.error(arch()) == Errno::enosys;
        note_call(fmt::format("{}({})", name, arguments), result, goes_on ? Decides::no : Decides::yes);
        if (!goes_on && (column().checked.empty() || !result.failed(arch())))
            column().checked = modern_check(name, result, ran, logged(), arch());
        return result;
    }

    void run(const std::function<int(const KmodSinks&)>& program)
    {
        session().calls().set_caller({.cap_sys_module = capable(), .comm = "kmod"});
        const auto status = program({[this](std::string_view text) { say(text); }, [this](std::string_view text) { say(text); }});
        column().did.push_back(fmt::format("exit status {}", status));
        if (column().checked.empty()) column().checked = status ? "kmod, in user space" : "nobody";
    }
};

} // namespace

std::unique_ptr<ComparisonSide> make_modern_side(Session session) { return std::make_unique<ModernSide>(std::move(session)); }

} // namespace retromod
