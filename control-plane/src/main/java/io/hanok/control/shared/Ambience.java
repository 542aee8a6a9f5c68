package io.hanok.control.shared;

import io.hanok.agent.api.ContractJson;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** What the code would otherwise reach for by itself: time, randomness, the contract's JSON. */
@Configuration(proxyBeanMethods = false)
public class Ambience {
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  RandomGenerator random() {
    return new SecureRandom();
  }

  @Bean
  ContractMapper contractMapper() {
    return new ContractMapper(ContractJson.mapper());
  }

  /**
   * The contract's JSON mapper, apart from the one that Spring gives its own web layer.
   *
   * @param json the mapper
   */
  public record ContractMapper(JsonMapper json) {}
}
