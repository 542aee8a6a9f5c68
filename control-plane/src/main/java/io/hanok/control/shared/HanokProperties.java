package io.hanok.control.shared;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The control plane's settings.
 *
 * @param region the region that this control plane is, such as {@code home-1}
 * @param regionAliases further region names that signatures may carry; answers always say {@code
 *     region}
 * @param publicCidr range of public IPv4 addresses
 * @param masterKeyFile file with 32 random bytes in hex, by which secrets in the database are
 *     encrypted
 * @param bootstrapCredentialsFile where the first account's access key is written, once, readable
 *     by its owner only
 * @param agentsAddress address on which the agents' door listens and under which it is known to
 *     hosts
 * @param agentsPort port of the agents' door
 * @param workers how many work items are carried out at once
 * @param heartbeatTimeout silence after which a host counts as not reporting
 */
@ConfigurationProperties("hanok")
public record HanokProperties(
    @DefaultValue("home-1") String region,
    @DefaultValue("us-east-1") List<String> regionAliases,
    @DefaultValue("198.18.0.0/16") String publicCidr,
    Path masterKeyFile,
    Path bootstrapCredentialsFile,
    @DefaultValue("127.0.0.1") String agentsAddress,
    @DefaultValue("8774") int agentsPort,
    @DefaultValue("16") int workers,
    @DefaultValue("20s") Duration heartbeatTimeout) {

  /** Domain of the internal host names of the region's guests. */
  public String internalDomain() {
    return region + ".compute.internal";
  }

  /** Domain of the public host names. */
  public String publicDomain() {
    return region + ".compute.hanok.internal";
  }
}
