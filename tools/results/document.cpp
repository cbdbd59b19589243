// See document.hpp.
#include "tools/results/document.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <system_error>

#include "tools/dataset/input_error.hpp"
#include "tools/results/json_text.hpp"

namespace logigrad {
namespace {

constexpr std::string_view kBegin = R"(<script type="application/json" class="logigrad-result">)";
constexpr std::string_view kEnd = "</script>";

bool is_page(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '<';
}

std::vector<std::string_view> elements_of(const std::string& path, std::string_view page) {
  std::vector<std::string_view> elements;
  for (std::size_t at = page.find(kBegin); at != std::string_view::npos;
       at = page.find(kBegin, at)) {
    at += kBegin.size();
    const std::size_t end = page.find(kEnd, at);
    if (end == std::string_view::npos)
      throw InputError(path + ": found a result that does not end, expected a whole report");
    elements.push_back(page.substr(at, end - at));
    at = end;
  }
  return elements;
}

}  // namespace

std::vector<Document> split_documents(const std::string& path, std::string_view text) {
  if (!is_page(text)) return {{path, text}};
  const std::vector<std::string_view> elements = elements_of(path, text);
  if (elements.empty())
    throw InputError(path + ": found a page without results, expected a report of logigrad");
  if (elements.size() == 1) return {{path, elements[0]}};
  std::vector<Document> documents;
  for (const std::string_view element : elements)
    documents.push_back({fmt::format("{}#{}", path, documents.size() + 1), element});
  return documents;
}

Source source_of(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t at = path.rfind('#');
  std::error_code ignored;
  if (at == std::string::npos || std::filesystem::exists(path, ignored)) return {path};
  const std::string_view number = std::string_view(path).substr(at + 1);
  Source source{path.substr(0, at)};
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, source.number);
  if (error != std::errc() || stop != end || kDigits.find(number[0]) == std::string_view::npos)
    return {path};
  return source.number > 0 ? source : Source{path};
}

std::vector<Document> documents_of(const Source& source, std::string_view text) {
  std::vector<Document> documents = split_documents(source.file, text);
  if (source.number == 0) return documents;
  if (source.number > documents.size())
    throw InputError(fmt::format("{}#{}: found {} result{} in that file, expected that many",
                                 source.file, source.number, documents.size(),
                                 documents.size() == 1 ? "" : "s"));
  return {documents[source.number - 1]};
}

std::string result_element(const std::string& path, std::string_view text) {
  return fmt::format("{}{}{}\n", kBegin, for_script(parse_json(path, text).dump()), kEnd);
}

std::string for_script(std::string json) {
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at))
    json.replace(at, 1, "\\u003c");
  return json;
}

}  // namespace logigrad
