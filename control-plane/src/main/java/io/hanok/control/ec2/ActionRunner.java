package io.hanok.control.ec2;

import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Runs an action in one transaction, again if it conflicted with another, and rolls it back if it
 * was a dry run.
 *
 * <p>A constraint violation is a conflict, too: two callers took the same address or name at once;
 * the second run sees the first one's row and answers with the proper code.
 */
@Component
public class ActionRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ActionRunner.class);
  private static final int ATTEMPTS = 4;

  private final TransactionTemplate transactions;

  public ActionRunner(TransactionTemplate transactions) {
    this.transactions = transactions;
  }

  SdkPojo run(AwsActionRegistry.ServedAction action, SdkPojo request, Caller caller) {
    boolean dryRun = isDryRun(request);
    if (!action.inTransaction()) {
      if (dryRun) {
        throw dryRunSucceeded();
      }
      return action.call(request, caller);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return transactions.execute(
            status -> {
              SdkPojo response = action.call(request, caller);
              if (dryRun) {
                throw dryRunSucceeded();
              }
              return response;
            });
      } catch (ConcurrencyFailureException | DataIntegrityViolationException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.info("{} conflicted, attempt {}: {}", request.getClass().getSimpleName(), attempt, e);
      }
    }
  }

  private static CloudException dryRunSucceeded() {
    return new CloudException(
        ErrorCode.DRY_RUN_OPERATION, "Request would have succeeded, but DryRun flag is set.");
  }

  private static boolean isDryRun(SdkPojo request) {
    for (SdkField<?> field : request.sdkFields()) {
      if (field.memberName().equals("DryRun")) {
        return Boolean.TRUE.equals(field.getValueOrDefault(request));
      }
    }
    return false;
  }
}
