package io.hanok.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * Counts the statements that the application prepares while it serves requests; those of its own
 * periodic work are not counted.
 */
@Component
public class StatementCount implements BeanPostProcessor {
  private final AtomicLong count = new AtomicLong();

  /** How many statements serving the call took. */
  public long of(Runnable call) {
    long before = count.get();
    call.run();
    return count.get() - before;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof DataSource source ? counting(source) : bean;
  }

  private DataSource counting(DataSource source) {
    return proxy(
        DataSource.class, source, result -> result instanceof Connection c ? counting(c) : result);
  }

  private Connection counting(Connection connection) {
    return proxy(Connection.class, connection, result -> result);
  }

  private interface Result {
    Object of(Object result);
  }

  private <T> T proxy(Class<T> type, T target, Result result) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals("prepareStatement")
                  && Thread.currentThread().getName().startsWith("tomcat-handler")) {
                count.incrementAndGet();
              }
              if (method.getName().equals("unwrap") || method.getName().equals("isWrapperFor")) {
                return method.invoke(target, arguments);
              }
              try {
                return result.of(method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
