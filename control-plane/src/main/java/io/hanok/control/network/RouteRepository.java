package io.hanok.control.network;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link Route}. */
interface RouteRepository extends JpaRepository<Route, Route.Key> {
  List<Route> findByRouteTableIdInOrderByDestinationDesc(Collection<String> routeTableIds);
}
