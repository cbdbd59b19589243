// Cuts a line into cells. Every result is a view into the line, empty ones too, because the address
// of a view is its place in the file (text_file.hpp).
#pragma once

#include <string_view>
#include <vector>

namespace logigrad::dataset {

// White space is what isspace() says in the C locale; NBSP and its kin are text.
bool is_blank(char c);
bool is_quote(char c);
std::string_view trim(std::string_view text);

enum class Separator { kComma, kWhiteSpace };

// Sets `cells` to those of `line`, without the white space around them but with their quotes. A
// comma at the end is followed by an empty cell; a run of white space is one separator. A cell that
// begins with " reaches to a " before a separator or the end, so that it may contain separators;
// without such a partner a quote is a character like any other.
void split(std::string_view line, Separator separator, std::vector<std::string_view>& cells);

// Takes the first word off `rest`; empty at the end, then pointing to it.
std::string_view next_word(std::string_view& rest);

// `cell` without a pair of "" or '' around it.
std::string_view unquoted(std::string_view cell);

}  // namespace logigrad::dataset
