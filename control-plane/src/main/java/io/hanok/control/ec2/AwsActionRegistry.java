package io.hanok.control.ec2;

import io.hanok.control.shared.Caller;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.aop.support.AopUtils;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.SdkPojo;

/** Knows which method serves which action of which service. */
@Component
public class AwsActionRegistry {
  private final Map<String, ServedAction> actions = new HashMap<>();

  /**
   * A served action.
   *
   * @param inTransaction whether it runs in a transaction
   */
  record ServedAction(Class<?> requestClass, MethodHandle method, boolean inTransaction) {
    SdkPojo call(SdkPojo request, Caller caller) {
      try {
        return (SdkPojo) method.invoke(request, caller);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public AwsActionRegistry(List<AwsActions> beans) {
    for (AwsActions bean : beans) {
      for (Method method : AopUtils.getTargetClass(bean).getMethods()) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length == 2
            && SdkPojo.class.isAssignableFrom(types[0])
            && types[1] == Caller.class) {
          register(bean, method, types[0]);
        }
      }
    }
  }

  private void register(AwsActions bean, Method method, Class<?> request) {
    String action = request.getSimpleName().replaceFirst("Request$", "");
    try {
      var served =
          new ServedAction(
              request,
              MethodHandles.lookup().unreflect(method).bindTo(bean),
              !method.isAnnotationPresent(WithoutTransaction.class));
      if (actions.put(key(bean.service(), action), served) != null) {
        throw new IllegalStateException("two methods serve " + bean.service() + " " + action);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(bean.getClass() + " must be public", e);
    }
  }

  Optional<ServedAction> find(String service, Class<?> requestClass) {
    return Optional.ofNullable(
            actions.get(key(service, requestClass.getSimpleName().replaceFirst("Request$", ""))))
        .filter(a -> a.requestClass() == requestClass);
  }

  /** All served actions as {@code service:Action}, in order. */
  public Set<String> names() {
    return new TreeSet<>(actions.keySet());
  }

  private static String key(String service, String action) {
    return service + ":" + action;
  }
}
