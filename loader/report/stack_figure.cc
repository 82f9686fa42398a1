// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/figures.h"
#include "loader/report/html.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

// Units of the drawing: a column of 360, as a narrow screen has it.
constexpr double width = 360, bar_left = 128, bar_right = 196, top = 18, line = 15, least_height = 380;

/// A label beside the bar, and the height that it belongs to.
struct Label {
    std::string text;
    double wanted = 0, at = 0;
};

/// Moves labels apart that would lie on each other.
void spread(std::vector<Label>& labels, double bottom)
{
    std::ranges::stable_sort(labels, {}, &Label::wanted);
    double free = top;
    for (auto& label : labels) {
        label.at = std::max(label.wanted, free);
        free = label.at + line;
    }
    double limit = bottom;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        label->at = std::min(label->at, limit);
        limit = label->at - line;
    }
}

std::string shortened(const std::string& text, std::size_t most)
{
    return text.size() <= most ? text : text.substr(0, most - 1) + "~";
}

std::string_view style_of(const ShownSection& section)
{
    return section.what == "code" ? "code" : section.what == "data" ? "data" : "read";
}

class Stack {
public:
    Stack(const LoadRecord& record, const std::string& id) : record_(record), id_(id)
    {
        for (const auto& section : record.sections)
            end_ = std::max(end_, section.address + section.size);
        end_ = std::max(end_, record.base + record.size);
        add_labels();
        height_ = std::max(least_height, line * static_cast<double>(std::max(sections_.size(), members_.size())));
        for (auto& label : sections_)
            label.wanted = y(label.wanted);
        for (auto& label : members_)
            label.wanted = y(label.wanted);
        spread(sections_, top + height_);
        spread(members_, top + height_);
    }

    std::string svg() const
    {
        auto text =
            fmt::format("<svg viewBox=\"0 0 {} {:.0f}\" role=\"img\" aria-labelledby=\"{}-title\">\n"
                        "<title id=\"{}-title\">The memory of {} to scale: {} bytes, {} sections; {} members of struct module "
                        "point into it</title>\n<text x=\"0\" y=\"10\">struct module</text><text x=\"{}\" y=\"10\">{:#x}</text>\n",
                        width, top + height_ + line, id_, id_, escaped(record_.title), end_ - record_.base, record_.sections.size(),
                        members_.size(), bar_left, record_.base);
        text += fmt::format("<rect class=\"gap\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{:.1f}\"/>\n", bar_left, top,
                            bar_right - bar_left, height_);
        for (const auto& section : record_.sections)
            text += box(section);
        for (const auto& label : sections_)
            text += fmt::format("<line x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/><text x=\"{}\" y=\"{:.1f}\">{}</text>\n",
                                bar_right, label.wanted, bar_right + 12, label.at, bar_right + 15, label.at + 4,
                                escaped(shortened(label.text, 23)));
        for (const auto& label : members_)
            text += arrow(label);
        return text + fmt::format("<text x=\"{}\" y=\"{:.0f}\">{:#x}</text>\n</svg>\n", bar_left, top + height_ + 12, end_);
    }

private:
    double y(double address) const
    {
        const auto whole = static_cast<double>(std::max<std::uint64_t>(end_ - record_.base, 1));
        return top + (address - static_cast<double>(record_.base)) / whole * height_;
    }

    void add_labels()
    {
        for (const auto& section : record_.sections)
            sections_.push_back({fmt::format("{} {}", section.name, section.size),
                                 static_cast<double>(section.address) + static_cast<double>(section.size) / 2, 0});
        for (const auto& member : record_.members) {
            const auto value = member.now && *member.now ? *member.now : member.given.value_or(0);
            if (member.is_pointer && value >= record_.base && value <= end_)
                members_.push_back({member.name, static_cast<double>(value), 0});
        }
    }

    std::string box(const ShownSection& section) const
    {
        const auto from = y(static_cast<double>(section.address));
        const auto to = y(static_cast<double>(section.address + section.size));
        return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"><title>{}: {} bytes at {:#x}, "
                           "{}</title></rect>\n",
                           style_of(section), bar_left, from, bar_right - bar_left, std::max(1.0, to - from), escaped(section.name),
                           section.size, section.address, section.what);
    }

    std::string arrow(const Label& label) const
    {
        const auto middle = bar_left - 22;
        return fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text><path class=\"arrow\" d=\"M {} {:.1f} C {} "
                           "{:.1f} {} {:.1f} {} {:.1f}\"/>"
                           "<path class=\"head\" d=\"M {} {:.1f} l -5 -3 v 6 z\"/>\n",
                           bar_left - 36, label.at + 4, escaped(shortened(label.text, 14)), bar_left - 32, label.at, middle,
                           label.at, middle, label.wanted, bar_left - 4, label.wanted, bar_left, label.wanted);
    }

    const LoadRecord& record_;
    std::string id_;
    std::uint64_t end_ = 0;
    double height_ = 0;
    std::vector<Label> sections_, members_;
};

} // namespace

std::string stack_figure(const LoadRecord& record, const std::string& id)
{
    return record.sections.empty() ? std::string() : Stack(record, id).svg();
}

} // namespace retromod
