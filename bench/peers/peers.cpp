// Which peers are in this binary: the list, and the reasons that CMake generated.
//
// A peer whose library is absent is named only in a discarded statement, so nothing refers to it.
#include "bench/peers/libraries.inc"  // generated: kAbsent_<library>, "" if it was found
#include "bench/peers/peer.hpp"

namespace logigrad::bench {

#define LOGIGRAD_PEER(library, name) PeerInfo peer_##name();
#include "bench/peers/peers.inc"
#undef LOGIGRAD_PEER

std::vector<PeerInfo> peers() {
  std::vector<PeerInfo> list;
#define LOGIGRAD_PEER(library, name) \
  if constexpr (kAbsent_##library.empty()) list.push_back(peer_##name());
#include "bench/peers/peers.inc"
#undef LOGIGRAD_PEER
  return list;
}

std::vector<AbsentPeer> absent_peers() {
  std::vector<AbsentPeer> list;
#define LOGIGRAD_PEER(library, name) \
  if constexpr (!kAbsent_##library.empty()) list.push_back({#name, kAbsent_##library});
#include "bench/peers/peers.inc"
#undef LOGIGRAD_PEER
  return list;
}

}  // namespace logigrad::bench
