package io.deepincubation.spark.reference;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ValueTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The comments of Java sources, as Markdown in one line. */
public final class JavaComments {

  private final Map<String, String> comments = new TreeMap<>();
  private final Map<String, String> texts = new TreeMap<>();

  private JavaComments() {}

  /** Those of all sources below some folders. */
  public static JavaComments of(Path... folders) {
    var comments = new JavaComments();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      var files = manager.getJavaFileObjectsFromPaths(sources(folders));
      var task =
          (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null, files);
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      units.forEach(unit -> comments.new Constants().scan(unit, null));
      units.forEach(unit -> comments.new Comments(DocTrees.instance(task)).scan(unit, null));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read sources", e);
    }
    return comments;
  }

  private static List<Path> sources(Path... folders) {
    return Stream.of(folders)
        .flatMap(
            folder -> {
              try (Stream<Path> files = Files.walk(folder)) {
                return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
              } catch (IOException e) {
                throw new UncheckedIOException("Cannot list sources in " + folder, e);
              }
            })
        .toList();
  }

  /** What is said of a type, such as {@code Recipe}, or of {@code Type.member}, a component too. */
  public String of(String name) {
    return Optional.ofNullable(comments.get(name))
        .orElseThrow(() -> new IllegalArgumentException("Expected a comment on " + name));
  }

  /** What is said of each constant whose text begins so, by that text. */
  public SortedMap<String, String> ofTexts(String prefix) {
    var found = new TreeMap<String, String>();
    texts.forEach(
        (name, text) -> {
          if (text.startsWith(prefix) && text.length() > prefix.length()) {
            found.put(text, of(name));
          }
        });
    return found;
  }

  /** Finds the texts of constants. */
  private final class Constants extends TreePathScanner<@Nullable Void, @Nullable Void> {
    @Override
    public @Nullable Void visitVariable(VariableTree variable, @Nullable Void unused) {
      ExpressionTree value = variable.getInitializer();
      if (value instanceof com.sun.source.tree.LiteralTree literal
          && literal.getValue() instanceof String text) {
        texts.put(typeName(this) + "." + variable.getName(), text);
      }
      return super.visitVariable(variable, null);
    }
  }

  /** Finds comments. */
  private final class Comments extends TreePathScanner<@Nullable Void, @Nullable Void> {

    private final DocTrees trees;

    Comments(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        String name = type.getSimpleName().toString();
        comments.put(name, markdown(name, comment.getFullBody()));
        for (DocTree tag : comment.getBlockTags()) {
          if (tag instanceof ParamTree parameter && !parameter.isTypeParameter()) {
            comments.put(
                name + "." + parameter.getName(), markdown(name, parameter.getDescription()));
          }
        }
      }
      return super.visitClass(type, null);
    }

    @Override
    public @Nullable Void visitVariable(VariableTree variable, @Nullable Void unused) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        String type = typeName(this);
        comments.put(type + "." + variable.getName(), markdown(type, comment.getFullBody()));
      }
      return super.visitVariable(variable, null);
    }
  }

  private static String typeName(TreePathScanner<?, ?> scanner) {
    return scanner.getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type
        ? type.getSimpleName().toString()
        : "";
  }

  private String markdown(String type, List<? extends DocTree> parts) {
    return parts.stream()
        .map(part -> markdown(type, part))
        .collect(Collectors.joining())
        .replaceAll("\\s+", " ")
        .strip();
  }

  private String markdown(String type, DocTree part) {
    if (part instanceof LiteralTree literal) {
      return code(literal.getBody().getBody().strip());
    }
    if (part instanceof LinkTree link) {
      return code(reference(type, link.getReference().getSignature()));
    }
    if (part instanceof ValueTree value) {
      return code(reference(type, value.getReference().getSignature()));
    }
    return part.toString();
  }

  /** What a reference says in a page: a constant's text, a choice as files have it, or the name. */
  private String reference(String type, String signature) {
    int member = signature.indexOf('#');
    String owner = member > 0 ? signature.substring(0, member) : type;
    String name = signature.substring(member + 1);
    String text = texts.get(owner + "." + name);
    if (text != null) {
      return text;
    }
    return name.equals(name.toUpperCase(Locale.ROOT))
        ? name.toLowerCase(Locale.ROOT).replace('_', '-')
        : name;
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
