package io.hanok.control.instancetype;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Finds instance types. */
@Service
public class InstanceTypes {
  private final InstanceTypeRepository rows;

  public InstanceTypes(InstanceTypeRepository rows) {
    this.rows = rows;
  }

  /**
   * The type of a name.
   *
   * @throws CloudException InvalidParameterValue, as EC2 answers a launch of an unknown type
   */
  @Transactional(readOnly = true)
  public InstanceType require(String name) {
    return rows.findById(String.valueOf(name))
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "Invalid value '%s' for InstanceType. DescribeInstanceTypes lists those that there are."
                        .formatted(name)));
  }

  /** The types of the given names, by name; unknown names are left out. */
  @Transactional(readOnly = true)
  public Map<String, InstanceType> findAll(Collection<String> names) {
    return rows.findAllById(names).stream()
        .collect(Collectors.toUnmodifiableMap(InstanceType::name, Function.identity()));
  }
}
