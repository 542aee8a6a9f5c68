package io.hanok.control.network;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link RouteTableAssociation}. */
interface RouteTableAssociationRepository extends JpaRepository<RouteTableAssociation, String> {
  List<RouteTableAssociation> findByRouteTableIdInOrderById(Collection<String> routeTableIds);
}
