// SPDX-License-Identifier: GPL-2.0-or-later
// Does a scenario's steps on a fresh machine, step by step, and gives each result in the form that scenario files use.
#include "loader/scenario/runner.h"

#include "emu/kernel/system_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace retromod {
namespace {

using nlohmann::json;

constexpr std::uint64_t unset_label = 0xd0000000;

/// Strings stand for bytes: one code point 0 to 255 a byte.
std::string bytes_of(const std::string& utf8)
{
    std::string bytes;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80) bytes += utf8[i];
        else if (i + 1 < utf8.size()) bytes += static_cast<char>((c & 3) << 6 | (utf8[++i] & 0x3f));
    }
    return bytes;
}

std::string text_of(std::string_view bytes)
{
    std::string utf8;
    for (const char byte : bytes) {
        const auto c = static_cast<unsigned char>(byte);
        if (c < 0x80) {
            utf8 += byte;
        } else {
            utf8 += static_cast<char>(0xc0 | c >> 6);
            utf8 += static_cast<char>(0x80 | (c & 0x3f));
        }
    }
    return utf8;
}

std::uint64_t number_in(std::string_view text)
{
    int base = 10;
    if (text.starts_with("0x")) {
        text.remove_prefix(2);
        base = 16;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size())
        throw ScenarioError(fmt::format("'{}' is no number", text));
    return value;
}

std::vector<std::byte> from_hex(std::string_view hex)
{
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        unsigned value = 0;
        const auto digits = hex.substr(i, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, value, 16);
        if (error != std::errc{} || end != digits.data() + 2) throw ScenarioError(fmt::format("'{}' is not hex", hex));
        bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

/// The members of struct module as scenario files name them, at i386 offsets.
constexpr std::string_view header_fields[] = {
    "size_of_struct", "next", "name", "size", "usecount", "flags", "nsyms", "ndeps", "syms", "deps", "refs", "init",
    "cleanup", "ex_table_start", "ex_table_end", "persist_start", "persist_end", "can_unload", "runsize",
    "kallsyms_start", "kallsyms_end", "archdata_start", "archdata_end", "kernel_data",
};

std::uint64_t field_offset(const std::string& name)
{
    const auto* found = std::ranges::find(header_fields, name);
    if (found == std::end(header_fields)) throw ScenarioError(fmt::format("struct module has no '{}'", name));
    return static_cast<std::uint64_t>(found - header_fields) * 4;
}

MachineOptions scenario_machine(const Release& release)
{
    MachineOptions options;
    options.release = &release;
    options.memory_bytes = 256 << 20;
    options.vmalloc_start = GuestAddr{0xd0800000};
    options.reuse_addresses = false;
    return options;
}

BootOptions scenario_boot()
{
    BootOptions boot;
    boot.only_symbols = {
        {"printk", {0xc0113e10}},
        {"kmalloc_R93d4cfe6", {0xc0128a40}},
        {"kernel_symbol_whose_name_is_longer_than_the_sixty_byte_field_of_kernel_sym", {0xc0200004}},
    };
    return boot;
}

} // namespace

ScenarioRunner::ScenarioRunner(const Release& release)
    : machine_(scenario_machine(release)), kernel_(machine_, scenario_exports(), scenario_boot())
{
    machine_.memory().set_user_memory(&user_);
    kernel_.set_sink(this);
    kernel_.set_usermode_helper(this);
}

/// Scenarios have no modprobe: that the kernel asked for it appears among the log lines.
void ScenarioRunner::request_module(std::string_view name)
{
    log_lines_.back().push_back(fmt::format("[request_module {}]", text_of(name)));
}

void ScenarioRunner::logged(std::string_view text)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        log_lines_.back().push_back(text_of(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// --- values -----------------------------------------------------------------------------------------------------

std::uint64_t ScenarioRunner::address_of(const std::string& label) const
{
    if (label == "kernel") return kernel_state().kernel_module;
    const auto found = labels_.find(label);
    return found == labels_.end() ? unset_label : found->second.base;
}

/// A value: a number, or terms joined by + and -.
std::uint32_t ScenarioRunner::value(const json& value, const std::string& own_label) const
{
    if (value.is_number_unsigned()) return static_cast<std::uint32_t>(value.get<std::uint64_t>());
    if (value.is_number_integer()) return static_cast<std::uint32_t>(value.get<std::int64_t>());
    if (!value.is_string()) throw ScenarioError(fmt::format("{} is no value", value.dump()));
    const auto text = value.get<std::string>();
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        bool minus = false; // "$H+-1" and "$H-1" are the same
        for (; at < text.size() && (text[at] == '+' || text[at] == '-'); ++at) minus ^= text[at] == '-';
        const auto end = std::min(text.find_first_of("+-", at), text.size());
        const auto term = text.substr(at, end - at);
        std::uint64_t amount = 0;
        if (term == "$H") amount = kernel_.module_layout().header_bytes();
        else if (term == "@") amount = address_of(own_label);
        else if (term.starts_with("@")) amount = address_of(term.substr(1));
        else amount = number_in(term);
        sum += minus ? 0 - amount : amount;
        at = end;
    }
    return static_cast<std::uint32_t>(sum);
}

/// An address as scenario files write it: "@label+OFFSET", "@kernel", or the number.
json ScenarioRunner::show(std::uint64_t address) const
{
    if (address == kernel_state().kernel_module) return "@kernel";
    for (const auto& [label, module] : labels_) {
        if (address < module.base || address - module.base > round_up(module.size, 4096)) continue;
        return fmt::format("@{}+{}", label, address - module.base);
    }
    return address;
}

json ScenarioRunner::show_return(std::uint64_t word) const
{
    const auto value = static_cast<std::int32_t>(word);
    if (value >= 0) return value;
    if (value < -125) {
        const auto shown = show(word);
        return shown.is_string() ? shown : json(value);
    }
    const auto error = SyscallResult{word}.error(kernel_.arch());
    return error ? json(std::string(errno_name(*error))) : json(value);
}

GuestAddr ScenarioRunner::bad_address(const std::string& kind) const
{
    constexpr std::pair<std::string_view, std::uint64_t> kinds[] = {
        {"null", 0}, {"unmapped", 0x10000}, {"kernel", 0xc0000000}, {"top", 0xfffff000}};
    for (const auto& [name, address] : kinds)
        if (name == kind) return {address};
    throw ScenarioError(fmt::format("there is no bad address '{}'", kind));
}

GuestAddr ScenarioRunner::string_argument(const json& argument)
{
    if (argument.is_null()) return {};
    if (argument.is_string()) return user_.add_text(bytes_of(argument.get<std::string>()));
    if (argument.contains("bad")) return bad_address(argument["bad"].get<std::string>());
    const bool ends = argument.contains("repeat");
    const auto& run = ends ? argument.at("repeat") : argument.at("unterminated");
    const auto count = run.at(1).get<std::size_t>();
    const std::string text(count, static_cast<char>(run.at(0).is_string() ? run.at(0).get<std::string>()[0] : run.at(0).get<int>()));
    if (ends) return user_.add_text(text);
    const auto at = user_.add(count);
    std::ranges::copy(std::as_bytes(std::span(text)), user_.room(at).begin());
    return at;
}

// --- images -----------------------------------------------------------------------------------------------------

void ScenarioRunner::put(std::span<std::byte> image, std::uint64_t offset, std::span<const std::byte> bytes)
{
    if (offset >= image.size()) return;
    const auto count = std::min<std::size_t>(bytes.size(), image.size() - offset);
    std::ranges::copy(bytes.first(count), image.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::vector<std::byte> ScenarioRunner::words(const json& list, const std::string& label) const
{
    std::vector<std::byte> bytes;
    const auto add = [&](const json& item) {
        std::array<std::byte, 4> word;
        store<std::uint32_t>(word.data(), ByteOrder::little, value(item, label));
        bytes.insert(bytes.end(), word.begin(), word.end());
    };
    if (list.is_array()) std::ranges::for_each(list, add);
    else add(list);
    return bytes;
}

std::vector<std::byte> ScenarioRunner::body_item(const json& item, const std::string& label) const
{
    const auto text = [](const std::string& s) {
        const auto view = std::as_bytes(std::span(s));
        return std::vector<std::byte>(view.begin(), view.end());
    };
    if (item.contains("hex")) return from_hex(item["hex"].get<std::string>());
    if (item.contains("str")) return text(bytes_of(item["str"].get<std::string>()) + '\0');
    if (item.contains("raw")) return text(bytes_of(item["raw"].get<std::string>()));
    if (item.contains("fill"))
        return std::vector<std::byte>(item["fill"].at(1).get<std::size_t>(), static_cast<std::byte>(item["fill"].at(0).get<int>()));
    if (item.contains("u32")) return words(item["u32"], label);
    if (!item.contains("code")) throw ScenarioError(fmt::format("{} is no body item", item.dump()));
    std::vector<std::byte> code;
    for (const auto& part : item["code"]) {
        const auto bytes = part.is_string() ? from_hex(part.get<std::string>()) : words(part.at("u32"), label);
        code.insert(code.end(), bytes.begin(), bytes.end());
    }
    return code;
}

GuestAddr ScenarioRunner::image_argument(const json& image, const json& name)
{
    if (image.contains("bad")) return bad_address(image["bad"].get<std::string>());
    const auto label = image.contains("base") ? image["base"].get<std::string>() : name.is_string() ? name.get<std::string>() : "";
    const auto length = value(image.at("len"), label);
    constexpr std::uint32_t largest = 64 << 20;
    if (length > largest) throw ScenarioError(fmt::format("an image of {} bytes is too large", length));
    const auto at = user_.add(length);
    const auto bytes = user_.room(at);
    const auto fields = image.value("fields", json::object());
    for (const auto& [field, content] : fields.items())
        put(bytes, field_offset(field), words(content, label));
    for (const auto& item : image.value("body", json::array()))
        put(bytes, value(item.at("off"), label), body_item(item, label));
    return at;
}

// --- calls ------------------------------------------------------------------------------------------------------

/// Makes a call; breakpoints run the step lists of `on_trap` while it is under way.
Outcome ScenarioRunner::call(const SystemCall& call, const json& step, json& result)
{
    const auto thread = kernel_.begin(call, {capable_, "insmod"});
    auto outcome = kernel_.run(thread);
    std::size_t trap = 0;
    while (outcome.kind == Outcome::Kind::breakpoint) {
        json note{{"at", show(outcome.at.value - 1)}};
        const auto lists = step.value("on_trap", json::array());
        if (trap < lists.size()) {
            note["results"] = json::array();
            for (const auto& nested : lists[trap]) {
                note["results"].push_back(this->step(nested));
                if (!broke_.empty()) break;
            }
        }
        result["traps"].push_back(std::move(note));
        ++trap;
        outcome = kernel_.run(thread);
    }
    kernel_.reap(thread);
    if (outcome.kind != Outcome::Kind::done) note_break(outcome);
    return outcome;
}

void ScenarioRunner::note_break(const Outcome& outcome)
{
    constexpr std::string_view kinds[] = {"done", "oops", "bug", "hang", "breakpoint", "deadlock", "hang", "trap"};
    if (broke_.empty()) broke_ = fmt::format("{}: {}", kinds[static_cast<std::size_t>(outcome.kind)], outcome.what);
}

json ScenarioRunner::create(const json& step)
{
    json result = json::object();
    const auto size = value(step["size"], "");
    const auto outcome = call({"create_module", {string_argument(step["name"]).value, size}, 2}, step, result);
    const auto word = outcome.result.word;
    if (outcome.kind != Outcome::Kind::done) return result;
    if (!outcome.result.failed(kernel_.arch())) {
        const auto label = step.contains("label") ? step["label"].get<std::string>()
                           : step["name"].is_string() ? step["name"].get<std::string>() : std::string("m");
        labels_[label] = {word, size};
        result["ret"] = "@" + label;
    } else {
        result["ret"] = show_return(word);
    }
    return result;
}

json ScenarioRunner::init(const json& step)
{
    json result = json::object();
    const auto name = string_argument(step["name"]);
    const auto image = image_argument(step["image"], step["name"]);
    const auto outcome = call({"init_module", {name.value, image.value}, 2}, step, result);
    if (outcome.kind == Outcome::Kind::done) result["ret"] = show_return(outcome.result.word);
    return result;
}

json ScenarioRunner::remove(const json& step)
{
    json result = json::object();
    const auto outcome = call({"delete_module", {string_argument(step["name"]).value}, 1}, step, result);
    if (outcome.kind == Outcome::Kind::done) result["ret"] = show_return(outcome.result.word);
    std::erase_if(labels_, [&](const auto& entry) { return !kernel_.modules().contains({entry.second.base}); });
    return result;
}

/// The buffer that a query or a table goes to, and what of it can be looked at.
GuestAddr ScenarioRunner::buffer_argument(const json& form, std::uint64_t size, bool& visible)
{
    visible = true;
    const auto fill = [&](GuestAddr at) {
        std::ranges::fill(user_.room(at), std::byte{0xa9});
        return at;
    };
    if (form.is_null() || form == "ok") return fill(user_.add(size));
    if (form.contains("mapped")) return fill(user_.add_part(size, 0, form["mapped"].get<std::uint64_t>()));
    if (form.contains("readonly")) return fill(user_.add(std::max(size, form["readonly"].get<std::uint64_t>()), false));
    visible = false;
    if (form.contains("bad")) return bad_address(form["bad"].get<std::string>());
    if (form.contains("hole")) return fill(user_.add_gap(size, 0, form["hole"].get<std::uint64_t>()));
    if (form.contains("gap"))
        return fill(user_.add_gap(size, form["gap"].at(0).get<std::uint64_t>(), form["gap"].at(1).get<std::uint64_t>()));
    throw ScenarioError(fmt::format("{} is no buffer", form.dump()));
}

/// The request of a query step, by number or by name.
std::uint32_t ScenarioRunner::which_request(const json& which) const
{
    constexpr std::string_view names[] = {"MODULES", "DEPS", "REFS", "SYMBOLS", "INFO"};
    if (!which.is_string()) return value(which, "");
    const auto* name = std::ranges::find(names, which.get<std::string>());
    return name == std::end(names) ? value(which, "") : static_cast<std::uint32_t>(name - names) + 1;
}

json ScenarioRunner::query(const json& step)
{
    json result = json::object();
    const auto which = which_request(step["which"]);
    const auto size = value(step["bufsize"], "");
    constexpr std::uint64_t largest_room = 1 << 20;
    bool visible = true;
    const auto name = string_argument(step["name"]);
    const auto buffer = buffer_argument(step.value("buf", json()), std::min<std::uint64_t>(size, largest_room), visible);
    const auto form = step.value("ret", json("ok"));
    GuestAddr ret;
    if (form == "ok" || form == "readonly") ret = user_.add(4, form == "ok");
    else if (form.contains("mapped")) ret = user_.add_part(4, 0, form["mapped"].get<std::uint64_t>());
    else ret = bad_address(form.at("bad").get<std::string>());
    constexpr std::byte untouched{0x5c};
    if (!user_.room(ret).empty()) std::ranges::fill(user_.room(ret), untouched);

    const auto outcome = call({"query_module", {name.value, which, buffer.value, size, ret.value}, 5}, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    result["ret"] = show_return(outcome.result.word);
    const auto stored = user_.room(ret);
    if (stored.size() == 4 && !std::ranges::all_of(stored, [&](std::byte b) { return b == untouched; }))
        result["retsize"] = load<std::uint32_t>(stored.data(), ByteOrder::little);
    if (visible && result["ret"] != "EFAULT") add_content(result, which, user_.room(buffer), name);
    return result;
}

void ScenarioRunner::add_content(json& result, std::uint32_t which, std::span<const std::byte> room, GuestAddr)
{
    auto written = room.size();
    while (written && room[written - 1] == std::byte{0xa9}) --written;
    const auto word = [&](std::size_t at) { return load<std::uint32_t>(room.data() + at, ByteOrder::little); };
    const auto text_at = [&](std::size_t at) {
        std::string text;
        while (at < written && room[at] != std::byte{0}) text += static_cast<char>(room[at++]);
        return text;
    };
    const bool done = result["ret"] == 0;
    if (which == 1 || which == 2 || which == 3) {
        if (!written) return;
        json names = json::array();
        for (std::size_t at = 0; at < written; at += text_at(at).size() + 1) names.push_back(text_of(text_at(at)));
        result["names"] = std::move(names);
    } else if (which == 5 && written >= 16) {
        result["info"] = {{"addr", show(word(0))}, {"size", word(4)}, {"flags", word(8)},
                          {"usecount", static_cast<std::int32_t>(word(12))}};
    } else if (which == 4) {
        if (done && result.contains("retsize")) {
            json symbols = json::array();
            for (std::size_t i = 0; i < result["retsize"].get<std::size_t>() && (i + 1) * 8 <= room.size(); ++i)
                symbols.push_back({show(word(i * 8)), word(i * 8 + 4), text_of(text_at(word(i * 8 + 4)))});
            if (!symbols.empty()) result["symbols"] = std::move(symbols);
        }
        if (written) result["written"] = written;
    }
}

json ScenarioRunner::kernel_syms(const json& step)
{
    json result = json::object();
    constexpr std::uint64_t entry = 64;
    const auto& form = step["table"];
    GuestAddr table;
    bool visible = false;
    if (!form.is_null() && form.contains("bad")) {
        table = bad_address(form["bad"].get<std::string>());
    } else if (!form.is_null()) {
        const auto bytes = form.contains("entries") ? form["entries"].get<std::uint64_t>() * entry : form.at("bytes").get<std::uint64_t>();
        table = buffer_argument({}, bytes, visible);
    }
    const auto outcome = call({"get_kernel_syms", {table.value}, 1}, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    result["ret"] = show_return(outcome.result.word);
    if (!visible) return result;
    const auto room = user_.room(table);
    json entries = json::array();
    for (std::uint64_t i = 0; i < outcome.result.word && (i + 1) * entry <= room.size(); ++i) {
        const auto* at = room.data() + i * entry;
        const std::string_view name(reinterpret_cast<const char*>(at) + 4, 60);
        entries.push_back({show(load<std::uint32_t>(at, ByteOrder::little)), text_of(name.substr(0, name.find('\0')))});
    }
    if (!entries.empty()) result["table"] = std::move(entries);
    return result;
}

// --- looking at the kernel ---------------------------------------------------------------------------------------

json ScenarioRunner::state_of(const ModuleView& module)
{
    json shown = json::object();
    for (const auto& [label, known] : labels_)
        if (known.base == module.address().value) shown["mod"] = label;
    shown["name"] = text_of(module.name());
    json header = json::object();
    const auto count = kernel_.module_layout().header_bytes() / 4;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto word = kernel_.memory().load<std::uint32_t>(module.address() + i * 4);
        if (!word) continue;
        const auto name = std::string(header_fields[i]);
        header[name] = name == "usecount" ? json(static_cast<std::int32_t>(word)) : show(word);
    }
    shown["hdr"] = std::move(header);
    json refs = json::array();
    std::size_t steps = 0;
    for (auto at = module.pointer(ModuleField::refs); at;) {
        if (++steps > 64) {
            refs.push_back({{"cycle", true}});
            break;
        }
        const auto ref = kernel_.load_ref(at);
        refs.push_back(text_of(kernel_.module(ref.ref).name()));
        at = ref.next_ref;
    }
    if (!refs.empty()) shown["refs"] = std::move(refs);
    return shown;
}

json ScenarioRunner::state()
{
    json modules = json::array();
    try {
        kernel_.modules().for_each([&](const ModuleView& module) { modules.push_back(state_of(module)); });
    } catch (const KernelFault&) {
        modules.push_back({{"fault", true}});
    } catch (const KernelHang&) {
        modules.push_back({{"cycle", true}});
    }
    return {{"modules", std::move(modules)}};
}

json ScenarioRunner::peek(const json& step)
{
    std::vector<std::byte> bytes(value(step["len"], ""));
    if (kernel_.memory().read({value(step["at"], "")}, bytes) != bytes.size()) return {{"fault", true}};
    std::string hex;
    for (const auto byte : bytes) hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return {{"hex", hex}};
}

json ScenarioRunner::proc_modules(const json& step)
{
    const auto text = proc_modules_text(kernel_);
    if (!step.contains("tail")) return {{"text", text_of(text)}};
    const auto tail = std::min(step["tail"].get<std::size_t>(), text.size());
    return {{"len", text.size()}, {"tail", text_of(text.substr(text.size() - tail))}};
}

json ScenarioRunner::proc_ksyms()
{
    const auto text = proc_ksyms_text(kernel_);
    return {{"text", text ? text_of(*text) : ""}}; // a read that fails gives no text
}

json ScenarioRunner::with_module(const json& step, void (*change)(ScenarioRunner&, ModuleView, const json&))
{
    const auto label = step["mod"].get<std::string>();
    if (!labels_.contains(label)) return {{"skipped", true}};
    change(*this, kernel_.module({labels_[label].base}), step);
    return json::object();
}

json ScenarioRunner::fail_allocation(const json& step)
{
    constexpr std::pair<std::string_view, AllocationKind> kinds[] = {
        {"page", AllocationKind::page}, {"kmalloc", AllocationKind::kmalloc}, {"vmalloc", AllocationKind::vmalloc}};
    const auto wanted = step["kind"].get<std::string>();
    bool known = wanted == "none";
    for (const auto& [name, kind] : kinds) {
        kernel_.fail_allocation(kind, name == wanted ? step.value("nth", 1u) : 0);
        known = known || name == wanted;
    }
    if (!known) throw ScenarioError(fmt::format("there is no kind of allocation '{}'", wanted));
    return json::object();
}

json ScenarioRunner::kernel_function(const json& step)
{
    json result = json::object();
    const auto name = step["fn"].get<std::string>();
    const auto address = kernel_.symbol_address(name);
    if (!address) return {{"ret", "absent"}};
    SystemCall function{"call_function", {address->value}, 6};
    std::size_t index = 1;
    for (const auto& argument : step["args"]) {
        if (index == function.arguments.size()) throw ScenarioError("too many arguments");
        if (!argument.is_object()) {
            function.arguments[index++] = value(argument, "");
            continue;
        }
        const auto text = bytes_of(argument.at("str").get<std::string>());
        const auto at = kernel_.kmalloc(text.size() + 1);
        kernel_.memory().write_all(at, std::as_bytes(std::span(text.c_str(), text.size() + 1)));
        function.arguments[index++] = at.value;
    }
    const auto outcome = call(function, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    constexpr std::string_view without_result[] = {"inter_module_register", "inter_module_unregister", "inter_module_put"};
    const bool is_void = std::ranges::find(without_result, name) != std::end(without_result);
    const auto shown = show(outcome.result.word);
    result["ret"] = is_void ? json(nullptr) : shown.is_string() ? shown : json(static_cast<std::int64_t>(outcome.result.word));
    return result;
}

// --- steps ------------------------------------------------------------------------------------------------------

json ScenarioRunner::do_step(const json& step)
{
    const auto op = step["op"].get<std::string>();
    if (op == "create") return create(step);
    if (op == "init") return init(step);
    if (op == "delete") return remove(step);
    if (op == "query") return query(step);
    if (op == "get_kernel_syms") return kernel_syms(step);
    if (op == "state") return state();
    if (op == "proc_modules") return proc_modules(step);
    if (op == "proc_ksyms") return proc_ksyms();
    if (op == "peek") return peek(step);
    if (op == "fail_alloc") return fail_allocation(step);
    if (op == "kapi") return kernel_function(step);
    if (op == "tweak")
        return with_module(step, [](ScenarioRunner& runner, ModuleView module, const json& tweak) {
            for (const auto& [field, content] : tweak["set"].items())
                runner.kernel_.memory().store<std::uint32_t>(module.address() + field_offset(field), runner.value(content, ""));
        });
    if (op == "mod_inc")
        return with_module(step, [](ScenarioRunner&, ModuleView module, const json&) {
            module.set_usecount(module.usecount() + 1);
            module.set_flag(module_flag::visited | module_flag::used_once);
        });
    if (op == "mod_dec")
        return with_module(step, [](ScenarioRunner&, ModuleView module, const json&) {
            module.set_usecount(module.usecount() - 1);
            module.set_flag(module_flag::visited);
        });
    if (op != "cap") throw ScenarioError(fmt::format("there is no call '{}'", op));
    capable_ = step["on"].is_boolean() ? step["on"].get<bool>() : value(step["on"], "") != 0;
    return json::object();
}

json ScenarioRunner::step(const json& step)
{
    log_lines_.emplace_back();
    json result;
    try {
        result = do_step(step);
    } catch (const KernelFault& fault) {
        result = json::object();
        broke_ = fmt::format("oops: the kernel reads {:#x}", fault.fault.address.value);
    } catch (const KernelHang& hang) {
        result = json::object();
        broke_ = "hang: " + hang.what;
    } catch (const json::exception& error) {
        throw ScenarioError(fmt::format("{}: {}", step.dump(), error.what()));
    }
    if (!log_lines_.back().empty()) result["printk"] = log_lines_.back();
    log_lines_.pop_back();
    return result;
}

} // namespace retromod
