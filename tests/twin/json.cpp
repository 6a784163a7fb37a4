// Boost.JSON is a library of headers here; this is the one place where its code is compiled.
#include <boost/json/src.hpp>
