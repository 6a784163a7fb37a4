// Boost.JSON itself, compiled once for everything that links this room.
#include <boost/json/src.hpp>
