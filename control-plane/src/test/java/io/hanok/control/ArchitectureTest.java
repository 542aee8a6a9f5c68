package io.hanok.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.reconcile.Reconciler;
import io.hanok.control.shared.ErrorCode;
import jakarta.persistence.Entity;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows between packages, and the names by which one package predicts the others. */
class ArchitectureTest {
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.hanok.control");

  @Test
  void theClassesWereReallyImported() {
    assertThat(CODE.size()).isGreaterThan(150);
    assertThat(CODE.contain(ControlPlane.class)).isTrue();
  }

  @Test
  void theControlPlaneKnowsNoAgentFromInside() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.hanok.agent.runtime..",
            "io.hanok.compute..",
            "io.hanok.storage..",
            "io.hanok.network..")
        .check(CODE);
  }

  @Test
  void theEnginesKnowNoDomain() {
    noClasses()
        .that()
        .resideInAPackage("io.hanok.control.reconcile..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("io.hanok.control..")
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAnyPackage(
                            "io.hanok.control.reconcile..", "io.hanok.control.shared.."))))
        .check(CODE);
  }

  @Test
  void sharedWordsKnowNobody() {
    noClasses()
        .that()
        .resideInAPackage("io.hanok.control.shared..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("io.hanok.control..")
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAPackage("io.hanok.control.shared.."))))
        .check(CODE);
  }

  @Test
  void agentsAreSpokenToThroughOneDoor() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.hanok.control.agentclient..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(CODE);
  }

  @Test
  void whatDecidesTouchesNothing() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Plan")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "jakarta.persistence..", "java.sql..", "java.net.http..")
        .check(CODE);
  }

  @Test
  void theWireLibraryStaysAtTheDoors() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Reconciler")
        .or()
        .haveSimpleNameEndingWith("Plan")
        .or()
        .areAnnotatedWith(Entity.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..")
        .check(CODE);
  }

  @Test
  void everyErrorCodeIsProducedSomewhere() {
    Set<String> produced =
        CODE.get(ErrorCode.class).getFieldAccessesToSelf().stream()
            .filter(access -> !access.getOriginOwner().isEquivalentTo(ErrorCode.class))
            .map(access -> access.getTarget().getName())
            .collect(Collectors.toSet());
    assertThat(Arrays.stream(ErrorCode.values()).map(Enum::name)).isSubsetOf(produced);
  }

  @Test
  void namesSayWhatAClassIs() {
    classes()
        .that()
        .implement(Reconciler.class)
        .should()
        .haveSimpleNameEndingWith("Reconciler")
        .orShould()
        .haveSimpleName("DocumentPusher")
        .orShould()
        .haveSimpleName("Orphans")
        .check(CODE);
    classes()
        .that()
        .implement(AwsActions.class)
        .should()
        .haveSimpleNameStartingWith("Ec2")
        .orShould()
        .haveSimpleNameEndingWith("Actions")
        .check(CODE);
    noClasses().should().haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Base)$").check(CODE);
  }
}
