# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=x.cc -DROOT=folder "-DFILES=a;b" -P embed.cmake: the templates as string literals.
set(text "#include \"nodes/templates.hh\"\n\nnamespace xconn::nodes {\n\n")
string(APPEND text "const std::vector<std::pair<std::string_view, std::string_view>>& templates() {\n")
string(APPEND text "  static const std::vector<std::pair<std::string_view, std::string_view>> all{\n")
foreach(file IN LISTS FILES)
  file(READ ${ROOT}/${file} content)
  string(REGEX REPLACE "\\.mustache$" "" name ${file})
  string(APPEND text "    {\"${name}\", R\"mustache(${content})mustache\"},\n")
endforeach()
string(APPEND text "  };\n  return all;\n}\n\n}  // namespace xconn::nodes\n")
file(WRITE ${OUTPUT} "${text}")
