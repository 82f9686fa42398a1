// SPDX-License-Identifier: GPL-2.0-or-later
// The multimedia extension: minima and maxima of vectors, packing, sums of pixel differences.
// Source: Alpha Architecture Reference Manual, chapter 4.13.
#include "emu/cpu/alpha/alpha_operate.h"

#include <algorithm>
#include <cstdlib>

namespace retromod {
namespace {

using Word = std::uint64_t;

template <class Element> Element element(Word word, unsigned index)
{
    return static_cast<Element>(word >> 8 * sizeof(Element) * index);
}

template <class Element> Word placed(Element value, unsigned index)
{
    return Word{static_cast<std::make_unsigned_t<Element>>(value)} << 8 * sizeof(Element) * index;
}

template <class Element> Word minimum(Word a, Word b)
{
    Word result = 0;
    for (unsigned i = 0; i < 8 / sizeof(Element); ++i)
        result |= placed(std::min(element<Element>(a, i), element<Element>(b, i)), i);
    return result;
}
template <class Element> Word maximum(Word a, Word b)
{
    Word result = 0;
    for (unsigned i = 0; i < 8 / sizeof(Element); ++i)
        result |= placed(std::max(element<Element>(a, i), element<Element>(b, i)), i);
    return result;
}

Word pixel_error(Word a, Word b)
{
    Word sum = 0;
    for (unsigned i = 0; i < 8; ++i)
        sum += static_cast<Word>(std::abs(int{element<std::uint8_t>(a, i)} - int{element<std::uint8_t>(b, i)}));
    return sum;
}

Word unpack_to_words(Word, Word b)
{
    return (b & 0xff) | (b & 0xff00) << 8 | (b & 0xff0000) << 16 | (b & 0xff000000) << 24;
}
Word unpack_to_longwords(Word, Word b) { return (b & 0xff) | (b & 0xff00) << 24; }
Word pack_words(Word, Word b) { return (b & 0xff) | (b >> 8 & 0xff00) | (b >> 16 & 0xff0000) | (b >> 24 & 0xff000000); }
Word pack_longwords(Word, Word b) { return (b & 0xff) | (b >> 24 & 0xff00); }

constexpr AlphaInstruction rows[] = {
    operate_without_literal<pixel_error>("perr", 0x1c, 0x31),
    operate_without_literal<unpack_to_words>("unpkbw", 0x1c, 0x34),
    operate_without_literal<unpack_to_longwords>("unpkbl", 0x1c, 0x35),
    operate_without_literal<pack_words>("pkwb", 0x1c, 0x36),
    operate_without_literal<pack_longwords>("pklb", 0x1c, 0x37),
    operate<minimum<std::int8_t>>("minsb8", 0x1c, 0x38),
    operate<minimum<std::int16_t>>("minsw4", 0x1c, 0x39),
    operate<minimum<std::uint8_t>>("minub8", 0x1c, 0x3a),
    operate<minimum<std::uint16_t>>("minuw4", 0x1c, 0x3b),
    operate<maximum<std::uint8_t>>("maxub8", 0x1c, 0x3c),
    operate<maximum<std::uint16_t>>("maxuw4", 0x1c, 0x3d),
    operate<maximum<std::int8_t>>("maxsb8", 0x1c, 0x3e),
    operate<maximum<std::int16_t>>("maxsw4", 0x1c, 0x3f),
};

} // namespace

const std::span<const AlphaInstruction> alpha_media_instructions = rows;

} // namespace retromod
