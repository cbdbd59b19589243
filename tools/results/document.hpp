// The texts of results, out of what holds them: a file that logigrad_bench wrote, or a page of
// logigrad report, which holds the results that it shows.
//
// In a page each result is a script element that no browser runs. '<' does not stand in it: in JSON
// it can only be within a text, where it is written "\u003c", so that neither "</script>" nor
// "<!--" in a label ends the element or hides its end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace logigrad {

struct Document {
  std::string path;  // for messages; "all.html#2" for the second result of a page that has several
  std::string_view text;
};

// Where documents are: a file, or one of those in it, which are counted from 1; 0: all of them.
struct Source {
  std::string file;
  std::size_t number = 0;
};

// "all.html#2" is the second one of all.html, unless there is a file of the whole name.
Source source_of(const std::string& path);

// The documents of `source` in `text`, which its file holds, at least one. Throws what
// split_documents() does, and InputError for a number beyond them.
std::vector<Document> documents_of(const Source& source, std::string_view text);

// The documents in `text`, at least one; they point into it. Throws InputError for a page that has
// none, or in which one does not end.
std::vector<Document> split_documents(const std::string& path, std::string_view text);

// The element that holds a result whose JSON is `text`: without white space, and with the same
// numbers to the last bit. Throws InputError, with `path`, for what is no JSON.
std::string result_element(const std::string& path, std::string_view text);

// A JSON text that may stand in a script element.
std::string for_script(std::string json);

}  // namespace logigrad
