import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes (CLASS=FILE) and reports every test on descriptor 4, each line after the nonce that came on descriptor 3. */
public class CandorUnit {
	public static void main(String[] tests) throws Exception {
		var nonce = new StringBuilder();
		try (var in = new FileInputStream(descriptor(3))) {
			for (int c; (c = in.read()) > 0 && c != '\n';) nonce.append((char) c);
		}
		var listener = new Listener(nonce.toString(), new FileOutputStream(descriptor(4)));
		var request = LauncherDiscoveryRequestBuilder.request();
		for (String test : tests) {
			String[] part = test.split("=");
			listener.files.put(part[0], part[1]);
			request.selectors(selectClass(part[0]));
		}
		LauncherFactory.create().execute(request.build(), listener);
		listener.report("end", 0, "", "", "", null);
		Runtime.getRuntime().halt(0);
	}

	static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
		var constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
		constructor.setAccessible(true);
		return constructor.newInstance(number);
	}

	static class Listener implements TestExecutionListener {
		private final String nonce;
		private final FileOutputStream out;
		private final Map<String, String> files = new HashMap<>();
		private final Map<String, Long> began = new HashMap<>();

		private Listener(String nonce, FileOutputStream out) {
			this.nonce = nonce;
			this.out = out;
		}

		@Override
		public void executionStarted(TestIdentifier test) {
			began.put(test.getUniqueId(), System.nanoTime());
		}

		@Override
		public void executionSkipped(TestIdentifier test, String reason) {
			if (test.isTest()) report("skip", 0, id(test), test.getDisplayName(), file(test), null);
		}

		@Override
		public void executionFinished(TestIdentifier test, TestExecutionResult result) {
			Throwable why = result.getThrowable().orElse(null);
			long millis = (System.nanoTime() - began.getOrDefault(test.getUniqueId(), System.nanoTime())) / 1_000_000;
			if (test.isTest()) {
				String state = switch (result.getStatus()) {
					case SUCCESSFUL -> "pass";
					case ABORTED -> "skip";
					case FAILED -> why instanceof AssertionError ? "fail" : "error";
				};
				report(state, millis, id(test), test.getDisplayName(), file(test), why);
			} else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
				report("broken", millis, file(test), file(test), file(test), why);
			}
		}

		private static String className(TestIdentifier test) {
			TestSource source = test.getSource().orElse(null);
			return source instanceof MethodSource m ? m.getClassName() : source instanceof ClassSource c ? c.getClassName() : "";
		}

		private static String id(TestIdentifier test) {
			String last = test.getUniqueId().substring(test.getUniqueId().lastIndexOf('/') + 1);
			int number = last.indexOf(":#");
			return className(test) + "." + ((MethodSource) test.getSource().orElseThrow()).getMethodName() + (number < 0 ? "" : "[" + last.substring(number + 2));
		}

		private String file(TestIdentifier test) {
			String name = className(test);
			int inner = name.indexOf('$');
			return files.getOrDefault(inner < 0 ? name : name.substring(0, inner), "");
		}

		private synchronized void report(String state, long millis, String id, String name, String file, Throwable why) {
			var text = new StringWriter();
			if (why != null) why.printStackTrace(new PrintWriter(text));
			var lines = new StringBuilder();
			text.toString().lines().filter(l -> !l.matches("\\s+at (java\\.base/|org\\.junit\\.|CandorUnit).*")).forEach(l -> lines.append(l).append('\n'));
			var line = new StringBuilder("\n").append(nonce).append(" [\"").append(state).append("\", ").append(millis);
			for (String s : new String[] {id, name, file, lines.toString()}) quote(line.append(", "), s);
			try {
				out.write(line.append("]\n").toString().getBytes(StandardCharsets.UTF_8));
			} catch (IOException e) {
				Runtime.getRuntime().halt(1);
			}
		}

		private static void quote(StringBuilder to, String s) {
			to.append('"');
			for (char c : s.toCharArray()) {
				if (c == '"' || c == '\\') to.append('\\').append(c);
				else if (c < ' ') to.append(String.format("\\u%04x", (int) c));
				else to.append(c);
			}
			to.append('"');
		}
	}
}
