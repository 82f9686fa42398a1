// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/html.h"

#include <fmt/format.h>

#include <cctype>

namespace retromod {
namespace {

constexpr std::string_view style = R"(
:root { --ground: #fff; --ink: #1d2126; --soft: #5b6470; --line: #d3d9df; --panel: #f5f7f9; --link: #0b57b0;
 --good: #1b6e3c; --bad: #b3261e; --weak: #8a5a00; --code: #cfe3ff; --data: #ffe0b8; --read: #d9efd3; --mark: #fff3cd; }
@media (prefers-color-scheme: dark) { :root { --ground: #15181c; --ink: #e4e7eb; --soft: #a0a9b4; --line: #3a424b;
 --panel: #1e2329; --link: #8ab9ff; --good: #7bd19a; --bad: #ff8f86; --weak: #f0c060; --code: #24446e; --data: #6b4a1c;
 --read: #2c5230; --mark: #4a3f17; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; background: var(--ground); color: var(--ink);
 font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); } a:focus-visible, summary:focus-visible, button:focus-visible, input:focus-visible,
select:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem;
 border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
code, pre, .mono { font: .8125rem/1.45 ui-monospace, monospace; } pre { white-space: pre-wrap;
 margin: .25rem 0; }
.wide { overflow-x: auto; } .wide td, .wide th { overflow-wrap: normal; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; } table pre { overflow-wrap: anywhere; } caption { text-align: left; color:
 var(--soft); }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; } td.number { white-space: nowrap; }
.badge { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); } .weak { color: var(--weak); }
.sides { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
.sides > * { min-width: 0; }
figure { margin: 1rem 0; } figure svg { width: 100%; max-width: 44rem; height: auto; font: 11px ui-monospace, monospace;
 fill: var(--ink); }
svg .code { fill: var(--code); } svg .data { fill: var(--data); } svg .read { fill: var(--read); } svg .gap { fill:
 var(--panel); }
svg rect { stroke: var(--soft); stroke-width: .5; } svg path, svg line { stroke: var(--soft); fill: none; }
svg .arrow { stroke: var(--link); } svg .head { fill: var(--link); stroke: none; } svg .subject { stroke: var(--link);
 stroke-width: 2; }
ol.moments { list-style: none; padding: 0; } ol.moments > li { border-left: 3px solid var(--line); padding: .15rem 0 .15rem
 .75rem;
 display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 1rem; }
ol.moments .d2 { margin-left: 1rem; } ol.moments .d3 { margin-left: 2rem; } ol.moments .d4 { margin-left: 3rem; }
ol.moments > li.failed { border-color: var(--bad); } .who { display: inline-block; min-width: 5.5rem; color: var(--soft);
 font-size: .8125rem; }
ol.checks { margin: .25rem 0; padding-left: 1.5rem; } .klog { color: var(--soft); }
.tip { display: none; position: absolute; z-index: 1; background: var(--panel); border: 1px solid var(--line); padding: .5rem;
 max-width: min(90vw, 40rem); color: var(--ink); } .rel:hover + .tip, .rel:focus + .tip { display: block; }
tr.differs td, tr.differs th { background: var(--mark); } tr.wrong td, tr.wrong th { outline: 2px solid var(--bad); }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; } .controls label { display: grid; }
input, select, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--soft); padding:
 .3rem .5rem; }
:target { background: var(--mark); } [hidden] { display: none !important; }
@media (max-width: 40rem) { ol.moments > li { grid-template-columns: minmax(0, 1fr); } ol.moments .d2, ol.moments .d3,
 ol.moments .d4 { margin-left: .5rem; } .who { min-width: 0; } table.stacked, table.stacked tbody, table.stacked tr,
 table.stacked td { display: block; } table.stacked thead { position: absolute; left: -999rem; } table.stacked td { border: 0; }
 table.stacked tr { border-bottom: 1px solid var(--line); } }
@media print { body { max-width: none; color: #000; background: #fff; } nav, .controls { display: none; } figure, tr {
 break-inside: avoid; }
 a { color: inherit; text-decoration: none; } }
)";

// Paper shows what is folded.
constexpr std::string_view script = R"(
addEventListener('beforeprint', function () { document.querySelectorAll('details').forEach(function (d) { d.open = true; }); });
addEventListener('hashchange', show); function show() { var at = location.hash &&
 document.getElementById(decodeURIComponent(location.hash.slice(1)));
 for (var d = at; d; d = d.parentElement) if (d.tagName === 'DETAILS') d.open = true; if (at) at.scrollIntoView(); } show();
)";

} // namespace

std::string escaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (byte >= 0x7f || (byte < ' ' && c != '\n' && c != '\t'))
            out += "&#xfffd;";
        else
            out += c;
    }
    return out;
}

std::string id_of(std::string_view text)
{
    std::string id;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '-')
            id += c;
        else
            id += fmt::format("_{:02x}", static_cast<unsigned char>(c));
    }
    return id;
}

std::string page_begin(std::string_view title, const std::vector<PageLink>& navigation)
{
    auto page =
        fmt::format("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>{}</title>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
                    "<style>{}</style></head>\n<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<header><h1>{}</h1>\n",
                    escaped(title), style, escaped(title));
    if (!navigation.empty()) {
        page += "<nav aria-label=\"On this page\"><ul>\n";
        for (const auto& link : navigation)
            page += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", link.id, escaped(link.name));
        page += "</ul></nav>\n";
    }
    return page + "</header>\n<main id=\"main\">\n";
}

std::string page_end()
{
    return fmt::format("</main>\n<script>{}</script>\n</body></html>\n", script);
}

std::string badge(std::string_view kind, std::string_view word)
{
    return fmt::format("<span class=\"badge {}\">{}</span>", kind, escaped(word));
}

} // namespace retromod
